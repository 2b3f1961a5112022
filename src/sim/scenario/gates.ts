import type { WaitingDeployment } from "../state/model.ts";
import type { Particulars } from "./acts.ts";
import { actionsSlug, type Stage, Unplayable } from "./stage.ts";

/** A workflow runs until its job waits for its environment. */
export function startDeployment(given: Particulars<"start_deployment">, stage: Stage): void {
  const { start_deployment: environment, by, workflow, at, branch, event, callback, ends, as } = given;
  const waiting = stage.repository.startDeployment(stage.otherApp(actionsSlug).state, {
    environment,
    ends,
    callbackUrl: callback,
    run: { path: workflow, event, branch, sha: stage.commit(at), actor: stage.account(by), job: "deploy" },
  });
  const name = as ?? environment;
  // Put last again: the one without a name is the one that was started last.
  stage.waiting.delete(name);
  stage.waiting.set(name, waiting);
}

export function bypassGate({ bypass_gate: by, of }: Particulars<"bypass_gate">, stage: Stage): void {
  stage.repository.bypassGate(waitingCalled(of, stage), stage.account(by));
}

/** @param name undefined: the one that was started last */
export function waitingCalled(name: string | undefined, stage: Stage): WaitingDeployment {
  const found = name === undefined ? [...stage.waiting.values()].at(-1) : stage.waiting.get(name);
  if (found === undefined) throw new Unplayable(`No such deployment was started: ${name ?? "none at all"}.`);
  return found;
}
