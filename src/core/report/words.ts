import { unreachable } from "../../lib/assert.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { count, shorten, visible } from "../../lib/text.ts";
import { acceptedByPeople, byClock } from "../evaluate/conclude.ts";
import type {
  Evaluation,
  Excluded,
  Finding,
  InvariantResult,
  Next,
  Overridden,
  Requirement,
} from "../evaluate/evaluation.ts";
import { isOpen } from "../evaluate/open.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { moment, nextMinute } from "../moments.ts";
import { agents } from "../provenance/agents.ts";
import { standsOpen } from "../requirements/outside.ts";
import { findingsWorstFirst, gapsWorstFirst } from "./worst-first.ts";

/** GitHub shows about this much of a check run's title. */
const titleMax = 80;

/** The verdict as the first word of a report. What is only observed says what it would have been. */
export function verdictWord(verdict: Verdict, mode: "enforce" | "observe"): string {
  const word = { allow: "Allow", wait: "Wait", hold: "Hold", block: "Block" }[verdict];
  return mode === "enforce" ? word : `Observed: would ${word.toLowerCase()}`;
}

/** Results that stand together in one row, since nobody has to do anything about them. */
export function isQuiet(result: InvariantResult["result"]): boolean {
  return result === "pass" || result === "nothing_found" || result === "off" || result === "not_examined";
}

/** One line of at most 80 characters: the verdict and the fact that decides, with its numbers. */
export function title(evaluation: Evaluation, verdict: Verdict = evaluation.verdict): string {
  const word = verdictWord(verdict, evaluation.policy.mode);
  const own = verdict === evaluation.verdict;
  const { fact, brief, numbers }: Decisive = own
    ? decisive(evaluation)
    : { fact: "another pull request with this head is judged worse", numbers: "" };
  const plain = (text: string) => visible(shorten(text, 4 * titleMax)).replaceAll("`", "");
  const end = shorten(plain(numbers), titleMax / 2);
  const max = titleMax - end.length;
  const whole = `${word}: ${plain(fact)}`;
  const text = whole.length <= max || brief === undefined ? whole : `${word}: ${plain(brief)}`;
  return `${wholeClauses(text, max)}${end}`;
}

/** As many clauses as fit, where that leaves enough to read; else as many characters. */
function wholeClauses(text: string, max: number): string {
  const end = text.length <= max ? text.length : text.lastIndexOf("; ", max);
  return end > max / 2 ? text.slice(0, end) : shorten(text, max);
}

/** The worst thing in one clause; text of authors in it stands between backticks. */
export function decisiveFact(evaluation: Evaluation): string {
  const { fact, numbers } = decisive(evaluation);
  return `${fact}${numbers}`;
}

/** What decides, and how far it is met: the numbers stay when the fact is cut. `brief`: the fact where it is too long. */
interface Decisive {
  readonly fact: string;
  readonly brief?: string;
  readonly numbers: string;
}

function decisive(evaluation: Evaluation): Decisive {
  const { verdict, requirements, findings, gaps } = evaluation;
  const halt = requirements.find(({ kind }) => kind === "halt");
  if (halt !== undefined) return { fact: halt.now, numbers: "" };
  const policy = requirements.find(({ kind, state }) => kind === "policy" && state.kind === "failed");
  if (policy !== undefined) return { fact: `the policy cannot be read: ${policy.now}`, numbers: "" };
  const open = findingsWorstFirst(findings).filter(isOpen);
  const worst = open.find(({ level }) => level === (verdict === "block" ? "block" : "review"));
  const gap = gapsWorstFirst(gaps).find(
    ({ level, overridden }) => overridden === null && (verdict !== "block" || level === "block"),
  );
  const unmet = requirements.filter(({ state }) => state.kind !== "met");
  // What time brings holds nothing.
  const missing = (verdict === "hold" ? unmet.find(({ state }) => state.kind === "missing") : undefined) ?? unmet[0];
  const numbers = missing === undefined ? "" : missing.now;
  const asked = missing === undefined ? { fact: "see below", numbers: "" } : askedBy(missing);
  const headline = worst?.message.replace(/\.$/, "") ?? (gap === undefined ? undefined : `cannot decide ${gap.reason}`);
  switch (verdict) {
    case "block":
      return headline === undefined ? asked : { fact: headline, numbers: "" };
    case "hold":
      // What people have accepted holds nothing any more: something else does.
      if (headline === undefined || acceptedByPeople(requirements)) return asked;
      return { fact: headline, numbers: numbers === "" ? "" : `; ${numbers}` };
    case "wait":
      return asked;
    case "allow":
      if ([...findings, ...gaps, ...evaluation.shortages].some(isOverridden))
        return { fact: liftedFact(evaluation), numbers: "" };
      return {
        fact: `nothing is missing in ${count(evaluation.files.changed, "file")}, ${evaluation.risk.tier} risk`,
        numbers: "",
      };
    default:
      return unreachable(verdict);
  }
}

/** Until when a requirement waits, as the end of a sentence about it; empty where that sentence says it, and where nobody knows. */
export function untilWhen({ kind, state }: Requirement, timezone: string): string {
  const saysSo = kind === "bake" || kind === "auto_merge";
  if (saysSo || state.kind !== "waiting" || state.untilMs === null) return "";
  return `, until ${moment(state.untilMs, timezone)}`;
}

function askedBy(requirement: Requirement): Decisive {
  const { what, now, state, kind } = requirement;
  // The first clause says when it is over, or why not; the rest would not fit.
  if (kind === "bake") return { fact: what, brief: what, numbers: `; ${now.split(/;\s|\s\(|, by itself/u)[0] ?? ""}` };
  const { fact, numbers } =
    byClock(requirement) && state.kind === "failed"
      ? { fact: standsOpen(requirement), numbers: "" }
      : { fact: what, numbers: `: ${now}` };
  return { fact, brief: fact.replaceAll(/ \([^()]*\)/gu, ""), numbers };
}

function isOverridden({ overridden }: { readonly overridden: Overridden | null }): boolean {
  return overridden !== null;
}

/** That what allows is people's word: never to be taken for a change in which nothing was found. */
function liftedFact({ findings, gaps, shortages, brokenGlass, timezone }: Evaluation): string {
  const [glass] = brokenGlass;
  if (glass !== undefined) return `the glass is broken by \`${glass.login}\` until ${moment(glass.untilMs, timezone)}`;
  const lifted = [...findings, ...gaps, ...shortages].flatMap(({ overridden }) =>
    overridden === null ? [] : [overridden],
  );
  const by = [...new Set(lifted.flatMap((one) => one.by))].sort(byCodeUnits).map((login) => `\`${login}\``);
  const [one, many] =
    shortages.length === 0
      ? ["finding or gap", "findings and gaps"]
      : ["finding, gap or budget", "findings, gaps and budgets"];
  return `${count(lifted.length, one, many)} overridden by ${someOf(by, 2)}`;
}

/** Environments and services that the change reaches, each once. */
export function reachedNames(evaluation: Evaluation): {
  readonly environments: readonly string[];
  readonly services: readonly string[];
} {
  const targets = evaluation.reach.flatMap((file) => file.targets);
  const unresolved = evaluation.reach.some((file) => file.unresolved);
  const environments = new Set([
    ...targets.map(({ environment }) => environment),
    ...(unresolved ? ["production"] : []),
  ]);
  const named = [...targets.map(({ service }) => service), ...evaluation.reach.flatMap((file) => file.services)];
  const services = new Set(named.filter((service) => service !== null));
  return { environments: [...environments].sort(byCodeUnits), services: [...services].sort(byCodeUnits) };
}

/** Who wrote it, as the report says it: names between backticks. Without marks it says just that, never "a person". */
export function writtenBy({ provenance }: Evaluation): string {
  switch (provenance.author) {
    case "agent": {
      const attested = provenance.signals.filter(({ trust }) => trust === "attested").map(({ agent }) => agent);
      const keys = attested.length > 0 ? [...new Set(attested)] : provenance.agents;
      const named = keys.map((key) => agents.find((agent) => agent.key === key)?.name ?? `\`${key}\``);
      const who = named.length === 0 ? "an agent" : someOf(named, 2);
      const [invoker] = provenance.invokers;
      if (invoker === undefined) return `${who}, nobody known to have started it`;
      return `${who}, ${provenance.invokerKnown ? "started by" : "perhaps started by"} \`${invoker.login}\``;
    }
    case "automation":
      return `automation \`${provenance.signals[0]?.agent ?? ""}\``;
    case "unmarked":
      return "no agent marks found";
    default:
      return unreachable(provenance.author);
  }
}

/** "the agent", "people": who acts. */
export function actorName({ actor, action }: Pick<Next, "actor" | "action">): string {
  switch (actor) {
    case "agent":
      return "the agent";
    case "people":
      return action === "push" || action === "name_ticket" ? "the author" : "people";
    case "time":
      return "time";
    case "operator":
      return action === "repair_policy" ? "who maintains the policy" : "whoever runs Sallyport";
    case "nobody":
      return "nobody";
    default:
      return unreachable(actor);
  }
}

/** "a, b and 3 more". */
export function someOf(all: readonly string[], max: number): string {
  const shown = all.slice(0, max).join(", ");
  return all.length <= max ? shown : `${shown} and ${all.length - max} more`;
}

/** What a finding asks for, in one cell: the value that passes where there is one. Approvals are named only where they allow more. */
export function wayOut(finding: Finding): string {
  const { passes, remedy } = finding;
  if (passes === null || (passes.clean === null && passes.withApprovals === null)) return remedy;
  const { clean, withApprovals } = passes;
  const [bound, further] = passes.atLeast === true ? ["at least", "from"] : ["at most", "up to"];
  if (clean === null) return `with approvals ${bound} \`${String(withApprovals)}\` passes`;
  const asked =
    withApprovals === null || withApprovals === clean ? "" : `, ${further} \`${String(withApprovals)}\` with approvals`;
  return `${bound} \`${String(clean)}\` passes${asked}`;
}

export function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** "; another one counts from ...", where nothing but time was missing. */
export function countsFrom({ countsFromMs }: Pick<Excluded, "countsFromMs">, timezone: string): string {
  return countsFromMs === null ? "" : `; another one counts from ${moment(nextMinute(countsFromMs), timezone)}`;
}
