import type { ScriptLine, Step } from "./model.ts";
import { scriptOf } from "./script.ts";

/**
 * Inputs that actions run as code. Source: the documentation of actions/github-script, azure/cli, azure/powershell, mikefarah/yq and
 * of the retry and SSH actions that are most used.
 */
const codeInputs: Readonly<Record<string, readonly string[]>> = {
  "actions/github-script": ["script"],
  "amadevus/pwsh-script": ["script"],
  "appleboy/ssh-action": ["script"],
  "azure/cli": ["inlinescript"],
  "azure/powershell": ["inlinescript"],
  "jannekem/run-python-script-action": ["script"],
  "mikefarah/yq": ["cmd"],
  "nick-fields/retry": ["command"],
  "nick-invision/retry": ["command"],
};

/** Everything that a step runs as code: its script, and the inputs that its action runs. */
export function codeOf({ script, uses, inputs, root }: Step): readonly ScriptLine[] {
  const wanted = uses?.ref.kind === "action" ? (codeInputs[uses.ref.name] ?? []) : [];
  const given = inputs.flatMap(({ key }) => (wanted.includes(key.toLowerCase()) ? scriptOf(root.at("with", key)) : []));
  return [...script, ...given];
}
