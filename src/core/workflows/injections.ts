import type { Place } from "../change/change-set.ts";
import { injectedIn } from "./expressions.ts";
import type { Workflow } from "./model.ts";
import { scriptOf } from "./read.ts";

export interface Injection {
  readonly job: string;
  readonly context: string;
  readonly text: string;
  readonly at: Place;
}

/**
 * Inputs that actions run as code. Source: the documentation of actions/github-script, azure/cli, azure/powershell, mikefarah/yq and
 * of the retry and SSH actions that are most used.
 */
const codeInputs: Readonly<Record<string, readonly string[]>> = {
  "actions/github-script": ["script"],
  "appleboy/ssh-action": ["script"],
  "azure/cli": ["inlinescript"],
  "azure/powershell": ["inlinescript"],
  "mikefarah/yq": ["cmd"],
  "nick-fields/retry": ["command"],
  "nick-invision/retry": ["command"],
};

/** Texts of outsiders in scripts of a workflow or action. An expression over several lines counts at its first. */
export function injectionsIn({ jobs }: Workflow): readonly Injection[] {
  return jobs.flatMap(({ id, steps }) =>
    steps.flatMap(({ script, uses, inputs, root }) => {
      const wanted = uses?.ref.kind === "action" ? (codeInputs[uses.ref.name] ?? []) : [];
      const given = inputs.flatMap(({ key }) =>
        wanted.includes(key.toLowerCase()) ? scriptOf(root.at("with", key)) : [],
      );
      return joinedExpressions([...script, ...given]).flatMap(({ text, at }) =>
        injectedIn(text).map((context) => ({ job: id, context, text, at })),
      );
    }),
  );
}

type Lines = readonly { readonly text: string; readonly at: Place }[];

/** Lines with what an open `${{` reaches over. */
function joinedExpressions(lines: Lines): Lines {
  const found: { text: string; readonly at: Place }[] = [];
  let isOpen = false;
  for (const { text, at } of lines) {
    const last = found.at(-1);
    if (isOpen && last !== undefined) last.text = `${last.text}\n${text}`;
    else found.push({ text, at });
    const opened = text.lastIndexOf("${{");
    const closed = text.lastIndexOf("}}");
    isOpen = opened === -1 ? isOpen && closed === -1 : closed < opened;
  }
  return found;
}
