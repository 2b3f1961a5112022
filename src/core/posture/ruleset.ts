/**
 * The ruleset that makes the check a gate, in the form that GitHub imports (a repository's or an organisation's settings, Rules,
 * Import a ruleset): required on the default branch, pinned to this App, bypassed by nobody.
 * https://docs.github.com/en/rest/repos/rules#create-a-repository-ruleset
 */
export function suggestedRuleset(appId: number, scope: "repository" | "organisation"): object {
  const every = { include: ["~ALL"], exclude: [] };
  return {
    name: "sallyport",
    target: "branch",
    enforcement: "active",
    bypass_actors: [],
    conditions: {
      ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] },
      ...(scope === "organisation" ? { repository_name: { ...every, protected: false } } : {}),
    },
    rules: [
      { type: "deletion" },
      { type: "non_fast_forward" },
      {
        type: "pull_request",
        parameters: {
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: true,
          require_last_push_approval: true,
          required_approving_review_count: 1,
          required_review_thread_resolution: false,
        },
      },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: true,
          do_not_enforce_on_create: false,
          required_status_checks: [{ context: "sallyport", integration_id: appId }],
        },
      },
    ],
  };
}
