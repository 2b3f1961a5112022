import { unreachable } from "../../lib/assert.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { count, shorten, visible } from "../../lib/text.ts";
import type { Evaluation, Finding, Next } from "../evaluate/evaluation.ts";
import type { Verdict } from "../evaluate/verdict.ts";
import { agents } from "../provenance/agents.ts";
import { findingsWorstFirst, gapsWorstFirst } from "./worst-first.ts";

/** GitHub shows about this much of a check run's title. */
const titleMax = 80;

/** The verdict as the first word of a report. What is only observed says what it would have been. */
export function verdictWord(verdict: Verdict, mode: "enforce" | "observe"): string {
  const word = { allow: "Allow", wait: "Wait", hold: "Hold", block: "Block" }[verdict];
  return mode === "enforce" ? word : `Observed: would ${word.toLowerCase()}`;
}

/** One line of at most 80 characters: the verdict and the fact that decides. */
export function title(evaluation: Evaluation, verdict: Verdict = evaluation.verdict): string {
  const word = verdictWord(verdict, evaluation.policy.mode);
  const fact =
    verdict === evaluation.verdict ? decisiveFact(evaluation) : "another pull request with this head is judged worse";
  return shorten(`${word}: ${visible(fact).replaceAll("`", "")}`, titleMax);
}

/** The worst thing in one clause; text of authors in it stands between backticks. */
export function decisiveFact(evaluation: Evaluation): string {
  const { verdict, requirements, findings, gaps } = evaluation;
  const policy = requirements.find(({ kind, state }) => kind === "policy" && state.kind === "failed");
  if (policy !== undefined) return `the policy cannot be read: ${policy.now}`;
  const open = findingsWorstFirst(findings).filter(({ waived }) => waived === null);
  const worst = open.find(({ level }) => level === (verdict === "block" ? "block" : "review"));
  const gap = gapsWorstFirst(gaps)[0];
  const missing = requirements.find(({ state }) => state.kind !== "met");
  switch (verdict) {
    case "block":
      if (worst !== undefined) return headline(worst);
      if (gap?.level === "block") return `cannot decide: ${gap.reason}`;
      return missing === undefined ? "see the report" : `${missing.what}: ${missing.now}`;
    case "hold":
      if (worst !== undefined && missing === undefined) return headline(worst);
      if (worst !== undefined) return `${headline(worst)}; ${missing?.now ?? ""}`;
      if (gap !== undefined) return `cannot decide: ${gap.reason}`;
      return missing === undefined ? "people are missing" : `${missing.what}: ${missing.now}`;
    case "wait":
      return missing === undefined ? "only time is missing" : `${missing.what}: ${missing.now}`;
    case "allow":
      return `nothing is missing in ${count(evaluation.files.changed, "file")}, ${evaluation.risk.tier} risk`;
    default:
      return unreachable(verdict);
  }
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
      const named = provenance.agents.map((key) => agents.find((agent) => agent.key === key)?.name ?? `\`${key}\``);
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
export function actorName(actor: Next["actor"]): string {
  switch (actor) {
    case "agent":
      return "the agent";
    case "people":
      return "people";
    case "time":
      return "time";
    case "operator":
      return "whoever runs Sallyport";
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

/** What a finding asks for, in one cell: the largest value that passes where there is one. */
export function wayOut(finding: Finding): string {
  const { passes, remedy } = finding;
  if (passes === null || (passes.clean === null && passes.withApprovals === null)) return remedy;
  const clean = passes.clean === null ? null : `\`${String(passes.clean)}\` passes everything`;
  const asked =
    passes.withApprovals === null ? null : `up to \`${String(passes.withApprovals)}\` passes with approvals`;
  return [clean, asked].filter((clause) => clause !== null).join("; ");
}

export function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function headline(finding: Finding): string {
  return finding.message.replace(/\.$/, "");
}
