import type { Value } from "../views/value.ts";
import { scriptOf } from "../workflows/script.ts";
import type { Named, PipelineJob } from "./model.ts";
import { exposuresIn, namesIn, switched, textOf } from "./values.ts";

const demands = ["plan_requirements", "apply_requirements", "import_requirements"] as const;

/**
 * Projects of `atlantis.yaml`, repositories of the server's `repos.yaml`, and custom workflows, as jobs. Source: runatlantis.io/docs
 * "Repo Level atlantis.yaml Config", "Server Side Repo Config".
 */
export function atlantisJobs(root: Value): readonly PipelineJob[] {
  const common = { secrets: [], exposures: [], steps: [] };
  const holders = [...(root.at("projects")?.items() ?? []), ...(root.at("repos")?.items() ?? [])];
  const held = holders.map((one): PipelineJob => {
    const id = ["name", "dir", "id"].map((key) => textOf(one.at(key))).find((text) => text !== null) ?? "project";
    const workspace = textOf(one.at("workspace"));
    return {
      ...common,
      id: workspace === null ? id : `${id} (${workspace})`,
      at: one.place,
      stops: demands.flatMap((key) =>
        namesIn(one.at(key)).map(({ name, at }) => ({ name: `\`${key}: ${name}\``, at })),
      ),
      exposures: loosenings(one, root),
    };
  });
  const workflows = (root.at("workflows")?.entries() ?? []).map(({ key, value }): PipelineJob => {
    const script = ["plan", "apply", "import", "policy_check"]
      .flatMap((phase) => value.at(phase, "steps")?.items() ?? [])
      .flatMap((step) => runOf(step.at("run")));
    return {
      id: `workflow ${key}`,
      at: value.place,
      stops: [],
      secrets: [],
      steps: [{ script, softened: null }],
      exposures: exposuresIn(script),
    };
  });
  return [...held, ...workflows];
}

function runOf(run: Value | undefined) {
  return scriptOf(run?.scalar === undefined ? run?.at("command") : run);
}

/** What a repository may decide for itself from now on, and what nobody has to start any more. */
function loosenings(one: Value, root: Value): readonly Named[] {
  const automerge = one.at("automerge") ?? root.at("automerge");
  const custom = one.at("allow_custom_workflows");
  return [
    ...namesIn(one.at("allowed_overrides")).map(({ name, at }) => ({
      name: `lets repositories override \`${name}\``,
      at,
    })),
    ...(switched(custom) !== "off" && custom !== undefined
      ? [{ name: "lets repositories bring workflows", at: custom.place }]
      : []),
    ...(switched(automerge) !== "off" && automerge !== undefined
      ? [{ name: "merges by itself once all is applied", at: automerge.place }]
      : []),
  ];
}
