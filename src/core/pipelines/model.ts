import type { Place } from "../change/change-set.ts";
import type { Gate } from "../workflows/gates.ts";
import type { ScriptLine } from "../workflows/model.ts";
import type { Pin } from "../workflows/uses.ts";

/** Systems beside GitHub Actions whose files are read. */
export type PipelineSystem = "gitlab" | "circleci" | "azure" | "jenkins" | "atlantis";

/** Something that is named at a place. */
export interface Named {
  readonly name: string;
  readonly at: Place;
}

/** Lines that run together, and why their failure fails nothing or why they never run by themselves; null where it does. */
export interface PipelineStep {
  readonly script: readonly ScriptLine[];
  readonly softened: Gate["softened"];
}

/** What runs as one: a job of GitLab, CircleCI or Azure, a stage of Jenkins, a project of Atlantis. */
export interface PipelineJob {
  readonly id: string;
  readonly at: Place;
  readonly steps: readonly PipelineStep[];
  /** What it waits for or is protected by, as a noun: "the environment `production`", "somebody who starts it". */
  readonly stops: readonly Named[];
  /** Secrets, or sets of them, that it names. Their values are elsewhere. */
  readonly secrets: readonly Named[];
  /** What lets it out of its container, as a clause. */
  readonly exposures: readonly Named[];
}

/** Something of somebody else's that a pipeline is made of: an include, an orb, a template, a library. */
export interface Part extends Named {
  readonly ref: string;
  readonly pin: Pin;
  /** It belongs to the maker of the system. */
  readonly isPlatform: boolean;
}

export interface Pipeline {
  readonly path: string;
  readonly system: PipelineSystem;
  readonly jobs: readonly PipelineJob[];
  readonly parts: readonly Part[];
}
