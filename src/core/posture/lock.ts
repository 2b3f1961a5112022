/**
 * The ruleset that locks branches at once and for everybody, in the form that GitHub imports: nothing is merged into them or pushed to
 * them, no other way, and nobody bypasses it. It needs neither this App nor its service.
 * https://docs.github.com/en/rest/repos/rules#create-a-repository-ruleset
 *
 * @param branches names or patterns as GitHub's rulesets have them, beside the default branch; without `refs/heads/`
 */
export function lockingRuleset(scope: "repository" | "organisation", branches: readonly string[]): object {
  return {
    name: "sallyport-halt",
    target: "branch",
    enforcement: "active",
    bypass_actors: [],
    conditions: {
      ref_name: { include: ["~DEFAULT_BRANCH", ...branches.map((branch) => `refs/heads/${branch}`)], exclude: [] },
      ...(scope === "organisation" ? { repository_name: { include: ["~ALL"], exclude: [], protected: false } } : {}),
    },
    rules: [
      { type: "creation" },
      { type: "update", parameters: { update_allows_fetch_and_merge: false } },
      { type: "deletion" },
      { type: "non_fast_forward" },
    ],
  };
}
