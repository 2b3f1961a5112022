import type { CheckRun } from "../state/model.ts";
import type { Stage } from "./stage.ts";

/** Check runs of Sallyport on a commit, newest first. */
export function ownRuns({ repository, app }: Stage, sha: string): readonly CheckRun[] {
  return repository
    .checkRuns(sha)
    .filter((run) => run.app === app.state)
    .toSorted((a, b) => b.id - a.id);
}
