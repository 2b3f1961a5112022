import type { Place } from "../change/change-set.ts";
import { gatesOf } from "./gates.ts";
import type { Workflow } from "./model.ts";

/** What a tool is told not to look at, or not to say. */
export interface Suppression {
  readonly tool: string;
  readonly text: string;
  readonly at: Place;
}

const flags =
  /--(?:skip|ignore|exclude|disable|no-verify|suppress)[\w-]*(?:[= ](?:"[^"]*"|'[^']*'|[^\s"'-][^\s"']*))?|--allowlist[= ]\S+|--baseline[= ]\S+/gu;
const inputs =
  /^(?:skip|ignore|exclude|disable|suppress)[\w-]*$|^(?:trivyignores|baseline|allow-ghsas|allow-licenses|skip_check)$/iu;
const comments =
  /#\s*(?<text>(?<tool>zizmor|nosemgrep|checkov|trivy|actionlint|kics|tfsec|gitleaks)\b\s*[:=-]?\s*(?:ignore|skip|allow|disable)\S*)/u;

export function suppressionsIn(workflow: Workflow): readonly Suppression[] {
  const lines = gatesOf(workflow).flatMap(({ text, at }) =>
    [...text.matchAll(flags)].map(([found]) => ({ tool: toolOf(text), text: found, at })),
  );
  const steps = workflow.jobs.flatMap((job) => job.steps.map((step) => ({ job, step })));
  const given = steps.flatMap(({ job, step }) => {
    const [gate] = gatesOf({ ...workflow, jobs: [{ ...job, steps: [step] }] });
    if (gate === undefined || step.uses === null) return [];
    return step.inputs.flatMap(({ key, text, at }) =>
      inputs.test(key) && text !== "" && text !== "false" ? [{ tool: gate.text, text: `${key}: ${text}`, at }] : [],
    );
  });
  return [...lines, ...given, ...commentsIn(workflow)];
}

function commentsIn({ text, path, root }: Workflow): readonly Suppression[] {
  return text.split("\n").flatMap((line, index) => {
    const found = comments.exec(line)?.groups;
    if (found === undefined) return [];
    const at: Place = { path, side: root.place.side, line: index + 1 };
    return [{ tool: found["tool"] ?? "", text: found["text"] ?? "", at }];
  });
}

/** The first word that is no wrapper and no setting. */
function toolOf(line: string): string {
  const words = line
    .split(/\s+/u)
    .filter((word) => !/^(?:npx|bunx|sudo|poetry|uv|run|exec|pnpm|yarn|\w+=.*)$/u.test(word));
  return words[0] ?? line;
}
