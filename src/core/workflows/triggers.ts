import type { Trigger, Workflow } from "./model.ts";

/**
 * Events that outsiders cause and that run with the secrets of the repository and a token that may write.
 * Source: docs.github.com "Events that trigger workflows"; securitylab.github.com "Preventing pwn requests".
 */
const outsiderEvents = new Set([
  "discussion",
  "discussion_comment",
  "fork",
  "gollum",
  "issue_comment",
  "issues",
  "pull_request_comment",
  "pull_request_target",
  "watch",
  "workflow_run",
]);

export function outsiderTriggers({ triggers }: Workflow): readonly Trigger[] {
  return triggers.filter(({ event }) => outsiderEvents.has(event));
}

/** Whether outsiders can start it with rights. An action runs with those of whoever uses it, a called workflow too. */
export function isPrivileged({ startedBy }: Workflow): boolean {
  return [...startedBy].some((event) => outsiderEvents.has(event));
}

/** Whether it runs for changes before they are merged. What is called, or used as an action, runs where its caller does. */
export function runsBeforeMerge({ kind, triggers }: Workflow): boolean {
  const events = ["pull_request", "pull_request_target", "merge_group", "workflow_call"];
  return kind === "action" || triggers.some(({ event }) => events.includes(event));
}

export function runsOnPush({ startedBy }: Workflow): boolean {
  return startedBy.has("push");
}
