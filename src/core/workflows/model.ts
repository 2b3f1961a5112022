import type { Place } from "../change/change-set.ts";
import type { Value } from "../views/value.ts";
import type { Grant } from "./grant.ts";
import type { Uses } from "./uses.ts";

/** A line of a script with the line of the file it stands at; lines that a backslash continues are one. */
export interface ScriptLine {
  readonly text: string;
  readonly at: Place;
}

/** A text that a step or job hands over under a name (`with`, `env`). */
export interface Given {
  readonly key: string;
  readonly text: string;
  readonly at: Place;
}

export interface Step {
  readonly id: string | null;
  readonly name: string | null;
  readonly at: Place;
  readonly uses: { readonly ref: Uses; readonly at: Place } | null;
  /** Empty where it runs no script. */
  readonly script: readonly ScriptLine[];
  readonly shell: string | null;
  readonly inputs: readonly Given[];
  readonly env: readonly Given[];
  /** The condition without its `${{ }}`; null where there is none. */
  readonly condition: { readonly text: string; readonly at: Place } | null;
  readonly continueOnError: Value | undefined;
  readonly root: Value;
}

export interface Job {
  readonly id: string;
  readonly name: string | null;
  readonly at: Place;
  readonly permissions: Grant;
  /** Where the block stands that `permissions` are of; null where the default of the repository applies. */
  readonly permissionsFrom: Value | null;
  readonly needs: readonly string[];
  readonly condition: Step["condition"];
  readonly continueOnError: Value | undefined;
  readonly environment: { readonly name: string; readonly at: Place } | null;
  /** Labels and groups of the runner as they are written; an expression is one label. */
  readonly runsOn: readonly { readonly label: string; readonly at: Place }[];
  /** The container of the job and those beside it: their images and options. */
  readonly containers: readonly Container[];
  readonly strategy: Value | undefined;
  readonly concurrency: Value | undefined;
  /** The workflow that it calls in place of steps. */
  readonly calls: Step["uses"];
  /** `secrets: inherit` of a call. */
  readonly inheritsSecrets: Place | null;
  readonly env: readonly Given[];
  /** What it hands to the workflow that it calls. */
  readonly inputs: readonly Given[];
  readonly steps: readonly Step[];
  readonly root: Value;
}

export interface Container {
  readonly image: { readonly text: string; readonly at: Place } | null;
  readonly options: { readonly text: string; readonly at: Place } | null;
  readonly volumes: readonly { readonly text: string; readonly at: Place }[];
}

export interface Trigger {
  readonly event: string;
  readonly at: Place;
  /** Its filters and inputs; a text where none are written. */
  readonly value: Value;
}

/**
 * A file of GitHub Actions: a workflow, or the metadata of an action. The steps of a composite action stand in one job with the id
 * `runs`, which has no permissions of its own.
 * Source: docs.github.com "Workflow syntax for GitHub Actions", "Metadata syntax for GitHub Actions".
 */
export interface Workflow {
  readonly path: string;
  readonly kind: "workflow" | "action";
  readonly name: string | null;
  readonly triggers: readonly Trigger[];
  readonly env: readonly Given[];
  readonly jobs: readonly Job[];
  readonly root: Value;
  /** Comments and what no key above holds are looked for here. */
  readonly text: string;
  /** The events of its own triggers, and those of the files of this repository that call or use it, from near and far. */
  readonly startedBy: ReadonlySet<string>;
  /** The jobs of this repository that call or use it. */
  readonly callers: readonly { readonly workflow: Workflow; readonly job: Job }[];
  /** What they hand it, by the name of the input in lower case. */
  readonly handed: ReadonlyMap<string, readonly string[]>;
  /** The file of this repository that it calls or uses there; null where it is not at hand. */
  readonly callee: (uses: Uses) => Workflow | null;
}
