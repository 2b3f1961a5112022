import type { Place } from "../../change/change-set.ts";
import type { ResourceChange } from "../model.ts";
import { type Source, touches, type TrafficRule } from "./rule.ts";
import type { Traffic } from "./traffic.ts";
import type { Widening } from "./widening.ts";

/** What a line of a rule is about: who comes first, as the line that people look for. */
const telling = [
  /cidr|address(?!_)|_addresses|ranges|prefix|_tags$|_accounts$|^security_groups$|^source_security|^referenced_|^self$|^value$|_ip$/u,
  /port/u,
  /protocol/u,
  /priority|rule_n|action|access|type|direction|disabled/u,
];

/** Where a reviewer looks for what lets the traffic through: a line that the change wrote, or one that it took away. */
export function placeOf(widening: Widening, grown: Traffic): Place {
  const { rules, stood, scope } = widening;
  const [written, before] = [new Set(rules.map(keyOf)), new Set(stood.map(keyOf))];
  const concerns = (rule: TrafficRule): boolean => (rule.scope === "" || rule.scope === scope) && touches(rule, grown);
  const fresh = rules.filter((rule) => rule.effect === "allow" && !before.has(keyOf(rule)) && concerns(rule));
  const [first] = fresh.toSorted((a, b) => reachOf(b) - reachOf(a));
  if (first !== undefined) return placeOfRule(widening, first);
  const lost = stood.find((rule) => rule.effect === "deny" && !written.has(keyOf(rule)) && concerns(rule));
  if (lost !== undefined) return placeOfLost(lost);
  const any = rules.find((rule) => rule.effect === "allow" && concerns(rule)) ?? rules[0];
  return any === undefined ? somewhere(widening) : placeOfRule(widening, any);
}

/** Where a rule of the head is written, as near as possible to what the change wrote. */
export function placeOfRule({ stood, changes }: Widening, rule: TrafficRule): Place {
  const { source } = rule;
  const line = changedLine(
    source,
    stood.map((one) => one.source),
  );
  const change = changes.find(({ after }) => {
    return after?.path === source.path && after.written.line <= source.line && source.line <= after.written.endLine;
  });
  const own = change?.explainedBy.filter((place) => isWithin(place, change.after)) ?? [];
  const [elsewhere] = change?.explainedBy ?? [];
  // A value that comes from a variable or a local is changed where that is written.
  if (own.length === 0 && elsewhere !== undefined) return elsewhere;
  return { path: source.path, side: "head", line };
}

function isWithin({ path, side, line }: Place, resource: ResourceChange["after"]): boolean {
  if (resource?.path !== path || side !== "head") return false;
  return resource.written.line <= line && line <= resource.written.endLine;
}

/** A rule of the base that the head does not have. */
export function placeOfLost(rule: TrafficRule): Place {
  return { path: rule.source.path, side: "base", line: rule.source.line };
}

function changedLine({ attributes, line }: Source, stood: readonly Source[]): number {
  const shared = (other: Source): number => attributes.filter((one) => other.attributes.some(sameText(one))).length;
  const twin = stood.toSorted((a, b) => shared(b) - shared(a))[0];
  const changed = attributes.filter((one) => !(twin?.attributes.some(sameText(one)) ?? false));
  const readable = changed.length === 0 ? attributes : changed;
  for (const pattern of telling) {
    const found = readable.find(({ name }) => pattern.test(name));
    if (found !== undefined) return found.line;
  }
  return line;
}

function sameText(a: { readonly name: string; readonly text: string }): (b: typeof a) => boolean {
  return (b) => a.name === b.name && a.text === b.text;
}

function keyOf({ effect, open, source }: TrafficRule): string {
  return JSON.stringify([effect, open, ...source.attributes.map(({ name, text }) => `${name}=${text}`)]);
}

/** How many addresses a rule is about, roughly: the one for everybody is the one that people look for. */
function reachOf({ peers }: TrafficRule): number {
  return Math.max(
    0,
    ...peers.map((peer) => (peer.kind === "addresses" ? (peer.to - peer.from).toString(2).length : 0)),
  );
}

function somewhere({ changes, root }: Widening): Place {
  return (
    changes.find(({ explainedBy }) => explainedBy.length > 0)?.explainedBy[0] ?? { path: root, side: "head", line: 1 }
  );
}
