import { byCodeUnits } from "../../lib/order.ts";
import { shorten } from "../../lib/text.ts";
import type { Gap } from "../change/change-set.ts";
import type { Decider, Halt, HaltScope } from "../decisions/decision.ts";
import { administratorsOf } from "../decisions/rights.ts";
import { notAsked, type PolicyUsed, type Requirement } from "../evaluate/evaluation.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { agentsNamed } from "../provenance/catalogue.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { moment } from "../moments.ts";
import type { PullRequestSubject } from "../subject.ts";

/** What decides whom a halt stops: whether an agent wrote a change, and every agent or program that left a mark. */
export interface Wrote {
  readonly isAgent: boolean;
  readonly marks: readonly string[];
}

const reasonMax = 200;

/** Gaps behind which an agent may be. */
const hiding: ReadonlySet<string> = new Set([
  "not-evaluated",
  "unknown-opener",
  "unreadable-commits",
  "unreadable-timeline",
]);

/** Who wrote a change, as far as a halt asks; null where that could not be read. */
export function whoWrote({ author, signals }: Provenance, gaps: readonly Gap[]): Wrote | null {
  if (gaps.some(({ id }) => hiding.has(id))) return null;
  return { isAgent: author === "agent", marks: [...new Set(signals.map(({ agent }) => agent))].toSorted(byCodeUnits) };
}

/** The same of a change that is merged: by the agents whose marks its reports ever carried, and the gaps of the last one. */
export function whoWroteThen(agents: readonly string[], gaps: readonly Pick<Gap, "id">[]): Wrote | null {
  if (gaps.some(({ id }) => hiding.has(id))) return null;
  return { isAgent: agents.length > 0, marks: [...new Set(agents)].toSorted(byCodeUnits) };
}

/** The halts that stop a pull request, the oldest first. Where it is not known who wrote it, every halt that could does. */
export function haltsOn(
  halts: readonly Halt[],
  { installationId, repository }: Pick<PullRequestSubject, "installationId" | "repository">,
  wrote: Wrote | null,
): readonly Halt[] {
  return halts.filter(({ scope, stops }) => {
    if (scope.installationId !== installationId) return false;
    if (scope.kind === "repository" && scope.repositoryId !== repository.id) return false;
    if (wrote === null) return true;
    if (scope.kind === "agent") return wrote.marks.some((mark) => isSame(mark, scope.agent));
    return stops === "everyone" || wrote.isAgent;
  });
}

/** What was judged before a halt came to stop it: it is blocked whatever it was judged, and its policy does not only observe any more. */
export function asHalted<
  J extends {
    readonly subject: PullRequestSubject;
    readonly verdict: Verdict | null;
    readonly mode: "enforce" | "observe";
    readonly wrote: Wrote | null;
  },
>(judged: J, halts: readonly Halt[]): J {
  return haltsOn(halts, judged.subject, judged.wrote).length === 0
    ? judged
    : { ...judged, verdict: "block", mode: "enforce" };
}

/** Observing is over where something is halted: that alone has an effect in every mode. */
export function enforcedBy(halts: readonly Halt[], used: PolicyUsed): PolicyUsed {
  return halts.length === 0 ? used : { ...used, mode: "enforce" };
}

/** By any name that the catalogue has for it: a halt that stops nothing, for a name that people do use, would look like one that holds. */
function isSame(mark: string, agent: string): boolean {
  return mark.toLowerCase() === agent.toLowerCase() || agentsNamed(agent).includes(mark);
}

/** One failed requirement for each halt. It holds in every mode, and neither approvals nor overrides meet it. */
export function haltRequirements(halts: readonly Halt[], timezone: string): readonly Requirement[] {
  return halts.map((halt) => ({
    id: `halt:${halt.id}`,
    kind: "halt",
    what: `The halt of ${haltedWhat(halt)} is lifted`,
    from: `${administratorsOf(halt.scope.kind)} with \`${resumption(halt.scope)}\`, or whoever runs Sallyport with \`sallyport resume\``,
    now: haltedBy(halt, timezone),
    actor: halt.by.kind === "operator" ? "operator" : "people",
    state: { kind: "failed" },
    need: null,
    have: null,
    counted: [],
    excluded: [],
    ...notAsked,
  }));
}

/** The command that lifts a halt of this scope, and no other. */
export function resumption(scope: HaltScope): string {
  switch (scope.kind) {
    case "repository":
      return "/sallyport resume REASON";
    case "installation":
      return "/sallyport resume organisation REASON";
    case "agent":
      return `/sallyport resume agent ${inCode(scope.agent)} REASON`;
  }
}

/** "all agents in this repository". */
export function haltedWhat({ scope, stops }: Pick<Halt, "scope" | "stops">): string {
  const whom = stops === "everyone" ? "everyone" : "all agents";
  switch (scope.kind) {
    case "agent":
      return `\`${inCode(scope.agent)}\` everywhere`;
    case "repository":
      return `${whom} in this repository`;
    case "installation":
      return `${whom} everywhere`;
  }
}

/** "halted by `person-a` on Tue 10 Feb 2026, 09:14 UTC: `replicas explode`". The reason stays between backticks, whatever is in it. */
export function haltedBy({ by, atMs, reason }: Pick<Halt, "by" | "atMs" | "reason">, timezone: string): string {
  const because = reason.trim() === "" ? "" : `: \`${inCode(reason)}\``;
  return `halted by ${deciderName(by)} on ${moment(atMs, timezone)}${because}`;
}

function deciderName(by: Decider): string {
  switch (by.kind) {
    case "account":
      return `\`${inCode(by.login)}\``;
    case "operator":
      return `\`${inCode(by.name)}\`, who runs Sallyport,`;
    case "breaker":
      return `the breaker \`${inCode(by.trippedBy)}\``;
  }
}

function inCode(text: string): string {
  return shorten(text, reasonMax).replaceAll("`", "'");
}
