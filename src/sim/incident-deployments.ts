import type { Tree, TreeEntry } from "../core/change/build.ts";
import type { Content } from "../core/change/change-set.ts";
import type { Account } from "../core/account.ts";
import type { ArrivalFacts, DeploymentFacts, DeploymentRecord, VersionFacts } from "../core/deployments/deployments.ts";
import type { Wanted } from "../core/deployments/wanted.ts";
import { actionsId } from "../core/provenance/catalogue.ts";

/** A commit of the default branch, and when its workflow has brought it to staging; null: it has not. */
export interface OnMain {
  readonly sha: string;
  readonly tree: Tree;
  readonly deployedAtMs: number | null;
}

const actions: Account = { id: actionsId, login: "github-actions[bot]", type: "Bot" };
const twinNumber = 6;
const deployMs = 90_000;

/** What stood on the default branch, the oldest first; a commit that is as the one before it is that one. */
export function stagingRuns(former: OnMain, tip: OnMain): readonly OnMain[] {
  return tip.deployedAtMs === null ? [{ ...tip, deployedAtMs: former.deployedAtMs }] : [former, tip];
}

/** What GitHub would show of staging's deployments; null where nobody asks. */
export function deploymentsOf(
  onMain: readonly OnMain[],
  wanted: Wanted | null,
  contentOf: (entry: TreeEntry) => Content,
): DeploymentRecord | null {
  if (wanted === null) return null;
  const tip = onMain.at(-1)?.tree ?? new Map<string, TreeEntry>();
  const paths = wanted.paths.flatMap((alternatives) => {
    const there = alternatives.filter((path) => tip.has(path));
    return there.length > 0 ? there : alternatives;
  });
  const versions = onMain.map(({ sha, tree }): VersionFacts => {
    const files = paths.flatMap((path) => {
      const entry = tree.get(path);
      return entry === undefined ? [] : [[path, entry] as const];
    });
    return { sha, files: Object.fromEntries(files) };
  });
  const compared = versions.flatMap(({ files }) =>
    Object.entries(files ?? {}).flatMap(([path, entry]) => (wanted.contentsOf.includes(path) ? [entry] : [])),
  );
  return {
    environments: wanted.environments.map(({ name }) => ({
      kind: "known",
      environment: name,
      deployments: onMain.flatMap((one, index) => deployed(one, index)),
      runs: [],
      sinceMs: null,
    })),
    branches: [{ ref: "refs/heads/main", isProtected: true, stood: onMain.map(({ sha }) => sha).toReversed() }],
    paths,
    versions,
    tips: [],
    arrivals: onMain.flatMap((_, index) => arrivalOf(versions[index], versions[index + 1])),
    contents: Object.fromEntries(compared.map((entry) => [entry.sha, contentOf(entry)])),
  };
}

/** One that is merged to staging comes with a pull request of its own. */
function arrivalOf(before: VersionFacts | undefined, after: VersionFacts | undefined): readonly ArrivalFacts[] {
  return before === undefined || after === undefined ? [] : [{ before, after, pullRequest: twinNumber }];
}

function deployed({ sha, deployedAtMs }: OnMain, index: number): readonly DeploymentFacts[] {
  if (deployedAtMs === null) return [];
  return [
    {
      id: 190_041 + index,
      environment: "staging",
      sha,
      creator: actions,
      createdAtMs: deployedAtMs - deployMs,
      statuses: [{ state: "success", createdAtMs: deployedAtMs, creator: actions }],
      carriedBy: {
        id: 8_811 + index,
        path: ".github/workflows/deploy.yml",
        branch: "main",
        sha,
        event: "push",
        own: true,
        conclusion: "success",
        completedAtMs: deployedAtMs,
      },
    },
  ];
}
