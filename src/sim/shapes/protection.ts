import type { Protection, Repository } from "../state/model.ts";
import { fullName } from "../state/world.ts";
import { API, iso, nodeId, type Schema, WEB } from "./schema.ts";

function rulesOf(ruleset: Protection): Schema<"repository-rule">[] {
  const rules: Schema<"repository-rule">[] = [];
  if (ruleset.noDeletion) rules.push({ type: "deletion" });
  if (ruleset.noForcePush) rules.push({ type: "non_fast_forward" });
  if (ruleset.pullRequestOnly || ruleset.requiredApprovals > 0)
    rules.push({
      type: "pull_request",
      parameters: {
        dismiss_stale_reviews_on_push: false,
        require_code_owner_review: false,
        require_last_push_approval: false,
        required_approving_review_count: ruleset.requiredApprovals,
        required_review_thread_resolution: false,
      },
    });
  if (ruleset.requiredChecks.length > 0)
    rules.push({
      type: "required_status_checks",
      parameters: {
        strict_required_status_checks_policy: ruleset.strict,
        do_not_enforce_on_create: false,
        required_status_checks: ruleset.requiredChecks.map(({ context, app }) => ({
          context,
          ...(app === null ? {} : { integration_id: app.id }),
        })),
      },
    });
  if (ruleset.mergeQueue !== null) rules.push(queueRule(ruleset.mergeQueue));
  return rules;
}

function queueRule(queue: NonNullable<Protection["mergeQueue"]>): Schema<"repository-rule-merge-queue"> {
  const methods = { merge: "MERGE", squash: "SQUASH", rebase: "REBASE" } as const;
  return {
    type: "merge_queue",
    parameters: {
      check_response_timeout_minutes: queue.checkResponseTimeoutMinutes,
      grouping_strategy: queue.groupingStrategy,
      max_entries_to_build: queue.maxEntriesToBuild,
      max_entries_to_merge: queue.maxEntriesToMerge,
      merge_method: methods[queue.mergeMethod],
      min_entries_to_merge: queue.minEntriesToMerge,
      min_entries_to_merge_wait_minutes: queue.minEntriesToMergeWaitMinutes,
    },
  };
}

/** The rules of one ruleset as a branch's rules list them, each with where it comes from. */
export function detailedRules(repository: Repository, ruleset: Protection): Schema<"repository-rule-detailed">[] {
  return rulesOf(ruleset).map(
    (rule) =>
      ({
        ...rule,
        ruleset_source_type: "Repository",
        ruleset_source: fullName(repository),
        ruleset_id: ruleset.id,
      }) as Schema<"repository-rule-detailed">,
  );
}

/** A ruleset as the list names it: neither conditions nor rules nor who may bypass it. */
export function rulesetSummary(repository: Repository, ruleset: Protection): Schema<"repository-ruleset"> {
  const at = `${fullName(repository)}/rulesets/${ruleset.id}`;
  return {
    id: ruleset.id,
    node_id: nodeId("RRS", ruleset.id),
    name: ruleset.name,
    target: "branch",
    source_type: "Repository",
    source: fullName(repository),
    enforcement: "active",
    created_at: iso(ruleset.createdMs),
    updated_at: iso(ruleset.updatedMs),
    _links: {
      self: { href: `${API}/repos/${at}` },
      html: { href: `${WEB}/${fullName(repository)}/rules/${ruleset.id}` },
    },
  };
}

/** A whole ruleset, but for who may bypass it: GitHub shows that only to whoever may change the ruleset. */
export function rulesetShape(repository: Repository, ruleset: Protection): Schema<"repository-ruleset"> {
  const include = ruleset.branches.map((each) => (each.startsWith("~") ? each : `refs/heads/${each}`));
  return {
    ...rulesetSummary(repository, ruleset),
    conditions: { ref_name: { include, exclude: [] } },
    rules: rulesOf(ruleset),
  };
}

export function bypassActors(ruleset: Protection): Schema<"repository-ruleset-bypass-actor">[] {
  return ruleset.bypass.map(({ kind, id, mode }) => ({ actor_id: id, actor_type: kind, bypass_mode: mode }));
}

/** Classic protection as its own endpoint answers it. */
export function protectionShape(
  repository: Repository,
  branch: string,
  protection: Protection,
): Schema<"branch-protection"> {
  const url = `${API}/repos/${fullName(repository)}/branches/${branch}/protection`;
  return {
    url,
    ...(protection.requiredChecks.length === 0
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: protection.strict,
            contexts: protection.requiredChecks.map(({ context }) => context),
            contexts_url: `${url}/required_status_checks/contexts`,
            checks: protection.requiredChecks.map(({ context, app }) => ({ context, app_id: app?.id ?? null })),
          },
        }),
    ...(protection.pullRequestOnly || protection.requiredApprovals > 0
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: false,
            require_code_owner_reviews: false,
            require_last_push_approval: false,
            required_approving_review_count: protection.requiredApprovals,
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: !protection.noForcePush },
    allow_deletions: { enabled: !protection.noDeletion },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

/** Classic protection as the webhook `branch_protection_rule` tells it. */
export function protectionRuleShape(repository: Repository, protection: Protection): Schema<"webhooks_rule"> {
  const level = (on: boolean): "everyone" | "off" => (on ? "everyone" : "off");
  return {
    id: protection.id,
    repository_id: repository.id,
    name: protection.branches[0] ?? "",
    created_at: iso(protection.createdMs),
    updated_at: iso(protection.updatedMs),
    admin_enforced: protection.enforceAdmins,
    allow_deletions_enforcement_level: level(!protection.noDeletion),
    allow_force_pushes_enforcement_level: level(!protection.noForcePush),
    authorized_actor_names: [],
    authorized_actors_only: false,
    authorized_dismissal_actors_only: false,
    dismiss_stale_reviews_on_push: false,
    ignore_approvals_from_contributors: false,
    linear_history_requirement_enforcement_level: "off",
    lock_branch_enforcement_level: "off",
    merge_queue_enforcement_level: "off",
    pull_request_reviews_enforcement_level: level(protection.requiredApprovals > 0),
    require_code_owner_review: false,
    required_approving_review_count: protection.requiredApprovals,
    required_conversation_resolution_level: "off",
    required_deployments_enforcement_level: "off",
    required_status_checks: protection.requiredChecks.map(({ context }) => context),
    required_status_checks_enforcement_level: level(protection.requiredChecks.length > 0),
    signature_requirement_enforcement_level: "off",
    strict_required_status_checks_policy: protection.strict,
  };
}
