import { code, details, prose } from "../../lib/markdown.ts";
import { count } from "../../lib/text.ts";
import type { Evaluation, Requirement } from "../evaluate/evaluation.ts";
import { fit, partLimitBytes } from "./fit.ts";
import { clockSection } from "./bake.ts";
import { gateLine } from "./gate.ts";
import { moment } from "../moments.ts";
import { overridingSection } from "./overrides.ts";
import { dataTable, rowsShown } from "./sections.ts";
import { agentBlock } from "./agent-block.ts";
import { terraformPlanFolds } from "./terraform-plan.ts";
import { someOf } from "./words.ts";
import { findingsWorstFirst } from "./worst-first.ts";

/** The evidence, folded, and the JSON block for agents, whose room is never taken by the rest. */
export function foldedText(evaluation: Evaluation, limitBytes = partLimitBytes): string {
  const workings = findingsWorstFirst(evaluation.findings).flatMap(({ workings: given, rule }) =>
    given === null ? [] : [details(`${given.title} (${rule})`, dataTable(given))],
  );
  const title = `Title, as written by the author (not evidence): ${code(evaluation.title)}. Label, branch and description never lower a requirement.`;
  const sections = [
    ...[clockSection(evaluation), overridingSection(evaluation)].filter((section) => section !== ""),
    details("Reach, provenance, versions", versions(evaluation)),
    ...workings,
    ...evaluation.terraformPlans.flatMap(terraformPlanFolds),
    details("What the pull request says", title),
  ];
  const json = details(
    "For agents: JSON (schema sallyport.verdict/1)",
    `\`\`\`json\n${agentBlock(evaluation)}\n\`\`\``,
  );
  return fit(
    "",
    sections,
    json,
    (number) => `${count(number, "folded section")} left out for GitHub's limit of length.`,
    limitBytes,
  );
}

/** What an agent may do by itself, and with whose account: where that asks for nothing more, no row above tells of it. */
function metLines({ requirements }: Evaluation): readonly string[] {
  const told: Partial<Record<Requirement["kind"], string>> = { autonomy: "Autonomy", own_identity: "Identity" };
  return requirements.flatMap(({ kind, state, now }) => {
    const name = told[kind];
    return name === undefined || state.kind !== "met" ? [] : [`- ${name}: ${prose(now, 500)}`];
  });
}

function versions(evaluation: Evaluation): string {
  const { provenance, policy, risk, areas, kinds } = evaluation;
  const reached = evaluation.reach.slice(0, rowsShown).map((file) => {
    const names = file.targets.map(({ environment, service }) =>
      code(service === null ? environment : `${environment} · ${service}`),
    );
    const to = [...new Set(names), ...(file.unresolved ? ["consumers unknown, so production"] : [])];
    return `- Reach: ${code(file.path)} → ${to.length === 0 ? "no environment" : someOf(to, 6)}`;
  });
  const more =
    evaluation.reach.length > rowsShown ? [`- Reach: ${evaluation.reach.length - rowsShown} more files`] : [];
  const signals = provenance.signals.slice(0, rowsShown).map(({ agent, kind, trust, evidence }) => {
    return `- Mark of ${code(agent)}: ${kind}, ${trust} (${code(evidence, 120)})`;
  });
  const invokers = provenance.invokers.slice(0, rowsShown).map(({ login, trust, evidence }) => {
    return `- Invoker ${code(login)}: ${trust} (${prose(evidence, 120)})`;
  });
  const look =
    evaluation.nextLookMs === null
      ? "on the next event"
      : `${moment(evaluation.nextLookMs, evaluation.timezone)} at the latest`;
  const sources =
    policy.sources.length === 0
      ? "the strict default"
      : someOf(
          policy.sources.map((source) => code(source)),
          5,
        );
  return [
    `- Risk ${risk.tier}: ${prose(risk.because.length === 0 ? "reaches nothing deployable" : someOf(risk.because, 8), 600)}`,
    ...areas.slice(0, rowsShown).map(({ area, because }) => `- Area ${code(area)}: ${prose(someOf(because, 4), 400)}`),
    ...kinds.slice(0, rowsShown).map(({ kind, path, line, because }) => {
      return `- Kind ${code(kind)}: ${code(line === null ? path : `${path}:${line}`)}, ${prose(because, 300)}`;
    }),
    ...reached,
    ...more,
    ...(signals.length === 0 ? ["- No agent marks found"] : signals),
    ...invokers,
    ...metLines(evaluation),
    ...gateLine(evaluation.posture),
    `- Head ${code(evaluation.headSha)} · base ${code(evaluation.baseSha)} (${code(evaluation.baseRef)}) · merge base ${code(evaluation.mergeBaseSha)}`,
    `- Policy ${sources}, digest ${code(policy.digest)}, mode ${policy.mode} · Sallyport ${code(evaluation.version)}`,
    `- Next look: ${look}`,
  ].join("\n");
}
