import type { Place } from "../change/change-set.ts";
import { localUses, reachedFrom } from "./callers.ts";
import { contextsIn, expressionsIn } from "./expressions.ts";
import { givenTo, resolved } from "./given.ts";
import type { Workflow } from "./model.ts";

/** Code that an outsider proposed, brought onto the runner. */
export interface Checkout {
  readonly job: string;
  readonly text: string;
  readonly at: Place;
}

/** What names the head of a pull request or of the run that started this one. */
const ofHead =
  /^github\.(?:head_ref|event\.(?:pull_request\.(?:head|merge_commit_sha)|workflow_run\.(?:head|pull_requests)|client_payload|issue\.number|number|pull_request\.number|comment)|event\.pull_request$)/u;
/** Names that steps give to what they found out about the head. */
const foundOut = /^(?:steps|needs)\..*(?:head|pr[_-]?(?:ref|sha|number)|(?:^|[._-])(?:ref|sha)$)/u;
const byHand =
  /\bgh\s+pr\s+checkout\b|\bhub\s+pr\s+checkout\b|\bgit\s+(?:fetch|pull|clone|checkout|switch)\b.*(?:pull\/|github\.head_ref|head\.(?:ref|sha|label|repo)|head_(?:branch|sha))/u;

/** Checkouts of a file, and of the files of this repository that it calls: those stand where it calls them. */
export function checkoutsOf(workflow: Workflow): readonly Checkout[] {
  const called = localUses(workflow).flatMap((use) =>
    reachedFrom(workflow, use).flatMap((callee) =>
      ownCheckouts(callee).map(({ text }) => ({
        job: use.job.id,
        text: `${callee.path}: ${text}`,
        at: use.uses.at,
      })),
    ),
  );
  return [...ownCheckouts(workflow), ...called];
}

function ownCheckouts(workflow: Workflow): readonly Checkout[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step): readonly Checkout[] => {
      const { uses, inputs, script } = step;
      const given = givenTo(workflow, job, step);
      const ref = inputs.find(
        ({ key, text }) => (key === "ref" || key === "repository") && resolved(text, given).some(namesHead),
      );
      const isCheckout = uses?.ref.kind === "action" && uses.ref.name === "actions/checkout";
      if (isCheckout && ref !== undefined) return [{ job: job.id, text: ref.text, at: ref.at }];
      const line = script.find(({ text }) => byHand.test(text));
      return line === undefined ? [] : [{ job: job.id, text: line.text, at: line.at }];
    }),
  );
}

function namesHead(text: string): boolean {
  if (/refs\/pull\//u.test(text)) return true;
  return expressionsIn(text).some((expression) =>
    contextsIn(expression).some((context) => ofHead.test(context) || foundOut.test(context)),
  );
}
