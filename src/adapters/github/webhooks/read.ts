import { z } from "zod";
import type { Mark } from "../../../app/ports.ts";
import { checkRun } from "./check-run.ts";
import { checkSuite } from "./check-suite.ts";
import { deploymentProtectionRule } from "./deployment-protection-rule.ts";
import { deploymentStatus } from "./deployment-status.ts";
import { installation as installationEvent } from "./installation.ts";
import { installationRepositories } from "./installation-repositories.ts";
import { issueComment } from "./issue-comment.ts";
import { member } from "./member.ts";
import { membership } from "./membership.ts";
import { organization } from "./organization.ts";
import { mergeGroup } from "./merge-group.ts";
import { pullRequest } from "./pull-request.ts";
import { pullRequestReview } from "./pull-request-review.ts";
import { push } from "./push.ts";
import { workflowRun } from "./workflow-run.ts";
import { type App, changed, installation, type Reader, repository } from "./reader.ts";
import { repositoryEvent } from "./repository.ts";
import { team } from "./team.ts";

/** The events that are a reason to look at something, by GitHub's name. `app.yml` subscribes to the same ones. */
export const readers: ReadonlyMap<string, Reader> = new Map([
  ["check_run", checkRun],
  ["check_suite", checkSuite],
  ["deployment", deploymentStatus],
  ["deployment_protection_rule", deploymentProtectionRule],
  ["deployment_status", deploymentStatus],
  ["installation", installationEvent],
  ["installation_repositories", installationRepositories],
  ["issue_comment", issueComment],
  ["member", member],
  ["membership", membership],
  ["merge_group", mergeGroup],
  ["organization", organization],
  ["pull_request", pullRequest],
  ["pull_request_review", pullRequestReview],
  ["push", push],
  ["repository", repositoryEvent],
  ["team", team],
  ["workflow_run", workflowRun],
]);

/**
 * What a delivery says. `unknown`: an event that nothing is read from. `unreadable`: a payload without the form that GitHub
 * documents; `at` names the members that are wrong, without their values, and the marks are for the widest that it still names.
 */
export type Reading =
  | { readonly kind: "read"; readonly marks: readonly Mark[] }
  | { readonly kind: "unknown"; readonly marks: readonly [] }
  | { readonly kind: "unreadable"; readonly marks: readonly Mark[]; readonly at: readonly string[] };

/** A payload that cannot be understood is no error here: it must not keep its subjects from being looked at. */
export function readDelivery(event: string, payload: unknown, app: App): Reading {
  const reader = readers.get(event);
  if (reader === undefined) return { kind: "unknown", marks: [] };
  try {
    return { kind: "read", marks: reader(payload, app) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const at = error.issues.map(({ path, code }) => `${path.map(String).join(".")}: ${code}`);
    return { kind: "unreadable", marks: widest(payload), at };
  }
}

const wide = z.looseObject({ installation, repository: repository.optional().catch(undefined) });

function widest(payload: unknown): readonly Mark[] {
  const parsed = wide.safeParse(payload);
  if (!parsed.success) return [];
  const { installation, repository } = parsed.data;
  const installationId = installation.id;
  return repository === undefined
    ? [changed({ kind: "sweep_installation", installationId })]
    : [changed({ kind: "sweep_repository", installationId, repository })];
}
