import { byCodeUnits } from "../../../lib/order.ts";
import type { AwsActions } from "./catalogue.ts";
import { matcher } from "./compare.ts";
import { gravity } from "./danger.ts";
import type { Widening } from "./widening.ts";
import { asWritten, everything, type TextSet } from "./policy.ts";

/** What is newly allowed, on what, for whom, and what makes it grave, in one sentence for all holders that get it. */
export function sentenceOf(widenings: readonly Widening[], actions: AwsActions): string {
  const [first] = widenings;
  if (first === undefined) return "";
  const who = namesOf([...new Set(widenings.map(({ holder }) => holder.name))]);
  const dangers = [...new Set(widenings.flatMap((one) => one.dangers.map(({ clause }) => clause)))];
  const grave = dangers.length === 0 ? "" : `; ${dangers.join("; ")}`;
  const guards = first.holder.kind === "guardrail" || first.holder.kind === "filter";
  return `${who} ${guards && first.statement === null ? "no longer keeps away" : "newly allowed"}: ${whatOf(first, actions)}${grave}`;
}

export function namesOf(holders: readonly string[]): string {
  const names = holders.map(asWritten).toSorted(byCodeUnits);
  const more = names.length - holdersShown;
  return more > 0 ? `${names.slice(0, holdersShown).join(", ")} and ${more} more` : names.join(", ");
}
const holdersShown = 3;

function whatOf({ grant, statement, instead }: Widening, actions: AwsActions): string {
  if (instead !== null || grant === null) return asWritten(instead ?? "what was kept from it");
  const what = actionsIn(grant.actions, statement?.actions ?? null, actions);
  const resources = statement === null || statement.resources === everything ? null : statement.resources;
  const on = resources === null ? "" : ` on ${setIn(resources)}`;
  const principals = statement === null || statement.principals === everything ? null : statement.principals;
  const by = principals === null ? "" : ` for ${setIn(principals)}`;
  const when =
    grant.example.circumstances.length === 0
      ? ""
      : `, as where ${grant.example.circumstances.slice(0, 2).map(code).join(" and ")}`;
  return `${what}${on}${by}${grant.undenied ? ", which was denied" : ""}${when}`;
}

/** The gravest first; what a wildcard stands for is counted. */
function actionsIn(names: readonly string[], written: TextSet | null, actions: AwsActions): string {
  const real = names.filter((name) => actions.levelOf(name) !== null);
  const rank = (name: string): number => gravity[actions.levelOf(name) ?? "write"];
  const sorted = real.toSorted((a, b) => rank(a) - rank(b) || byCodeUnits(a, b));
  const wild = (written?.patterns ?? []).filter((one) => /[*?]/u.test(one) && names.some(matcher(one)));
  const levels = Map.groupBy(sorted, (name) => actions.levelOf(name) ?? "write");
  const counted = [...levels]
    .map(([level, all]) => (sorted.length === 1 ? level : `${all.length} ${level}`))
    .join(", ");
  if (written?.except === true)
    return `all actions but ${listed(written.patterns.map(code))}${counted === "" ? "" : ` (${counted})`}`;
  if (wild.length > 0 && sorted.length > actionsShown) return `${listed(wild.map(code))} (${counted})`;
  const told = sorted.length === 0 ? names.filter((name) => !name.includes("~")) : sorted;
  const whole = written === null ? wholeServices(told, actions) : told;
  const shown = (told.length === 0 ? (written?.patterns ?? names) : whole).map((name) => code(actions.written(name)));
  return `${listed(shown)}${counted === "" ? "" : ` (${counted})`}`;
}
const actionsShown = 5;

/** All actions of a service by its name; all of all services by one star. */
function wholeServices(names: readonly string[], actions: AwsActions): readonly string[] {
  const services = Map.groupBy(names, (name) => name.slice(0, name.indexOf(":")));
  if (services.size === actions.services.length) return ["*"];
  return [...services].flatMap(([service, own]) =>
    own.length > 1 && own.length === actions.actions(service).length ? [`${service}:*`] : own,
  );
}

function setIn({ patterns, except }: TextSet): string {
  return `${except ? "all but " : ""}${listed(patterns.map((one) => code(nameOf(asWritten(one)))))}`;
}

/** An account as people write it, and not as it is compared. */
function nameOf(pattern: string): string {
  const account = /^AWS:arn:aws[a-z-]*:\?\?\?::(\d{12}):\*$/u.exec(pattern)?.[1];
  return account === undefined ? pattern.replace(/^(?:AWS|Service|Federated):/u, "") : `account ${account}`;
}

function listed(texts: readonly string[]): string {
  const more = texts.length - actionsShown;
  return more > 0 ? `${texts.slice(0, actionsShown).join(", ")} and ${more} more` : texts.join(", ");
}

function code(text: string): string {
  return `\`${asWritten(text).replaceAll("`", "'")}\``;
}
