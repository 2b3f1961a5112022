import { z } from "zod";
import type { EnvironmentShown } from "../../core/posture/production.ts";
import type { Repository } from "../../core/subject.ts";
import { askAll, askOrNull, GitHubFailure, type Session } from "./api.ts";

/** More environments than people keep apart. */
const pagesLimit = 10;

const environmentsShape = z
  .looseObject({
    environments: z.array(z.looseObject({ name: z.string(), can_admins_bypass: z.boolean().optional() })).default([]),
  })
  .transform(({ environments }) => environments);
const rulesShape = z.looseObject({
  custom_deployment_protection_rules: z
    .array(z.looseObject({ enabled: z.boolean(), app: z.looseObject({ id: z.int() }) }))
    .default([]),
});

/** Whether the rule of an App is enabled on an environment. Throws `GitHubFailure` or `RetryLater`. */
export async function isAsked(
  session: Session,
  { owner, name: repo }: Repository,
  environment: string,
  appId: number,
): Promise<boolean> {
  const rules = await askOrNull(
    session,
    "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules",
    { owner, repo, environment_name: environment },
    rulesShape,
  );
  const all = rules?.custom_deployment_protection_rules ?? [];
  return all.some(({ enabled, app }) => enabled && app.id === appId);
}

/**
 * The environments of a repository, each with what stands before it. Null where GitHub refuses, or has too many to list.
 * https://docs.github.com/en/rest/deployments/environments
 */
export async function listEnvironments(
  session: Session,
  repository: Repository,
  appId: number,
): Promise<readonly EnvironmentShown[] | null> {
  const { owner, name: repo } = repository;
  const listed = await orRefused(() =>
    askAll(session, "GET /repos/{owner}/{repo}/environments", { owner, repo }, environmentsShape, pagesLimit),
  );
  if (listed?.complete !== true) return null;
  const shown: EnvironmentShown[] = [];
  for (const { name, can_admins_bypass: bypass } of listed.items) {
    const asked = await orRefused(() => isAsked(session, repository, name, appId));
    shown.push({ name, asked, adminsMayBypass: bypass ?? null });
  }
  return shown;
}

async function orRefused<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (failed) {
    if (!(failed instanceof GitHubFailure)) throw failed;
    return null;
  }
}
