import { type Git, line, runOrNull, UnanswerableRequest } from "./git.ts";

/** The branch that a local change would land on. */
export interface LocalBase {
  /** Name of the branch; the default branch's where only a commit was named. */
  readonly ref: string;
  readonly sha: string;
  readonly isDefault: boolean;
  /** Null where the repository has none of the usual names. */
  readonly defaultBranch: { readonly name: string; readonly sha: string } | null;
}

const conventional = ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];

/** `asked`: a branch or commit; null takes the default branch of `origin`, else `main` or `master`. */
export async function resolveBase(git: Git, asked: string | null): Promise<LocalBase> {
  const found = await findDefaultBranch(git);
  const defaultBranch = found === null ? null : { name: branchName(found), sha: await resolveCommit(git, found) };
  if (asked === null) {
    if (defaultBranch === null)
      throw new UnanswerableRequest(`Cannot tell what to compare with in ${git.directory}: name a branch with --base.`);
    return { ref: defaultBranch.name, sha: defaultBranch.sha, isDefault: true, defaultBranch };
  }
  const sha = await resolveCommit(git, asked);
  const full = await line(git, ["rev-parse", "--symbolic-full-name", "--end-of-options", asked]);
  const named = full.split("\n").find((each) => each.startsWith("refs/"));
  const ref = named === undefined ? (defaultBranch?.name ?? "main") : branchName(named);
  return { ref, sha, isDefault: defaultBranch === null || ref === defaultBranch.name, defaultBranch };
}

/** The commit that a name stands for. Throws `UnanswerableRequest` where there is none. */
export async function resolveCommit(git: Git, name: string): Promise<string> {
  const found = await runOrNull(git, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]);
  const sha = found?.toString("utf8").trim() ?? "";
  // With this option git repeats it before the answer in some versions.
  const last = sha.split("\n").at(-1) ?? "";
  if (last === "")
    throw new UnanswerableRequest(`Cannot find commit "${name}" in ${git.directory}: fetch it, or name another one.`);
  return last;
}

/** Where the change from `base` to `head` begins. */
export async function findMergeBase(git: Git, base: string, head: string): Promise<string> {
  const found = await runOrNull(git, ["merge-base", base, head]);
  if (found !== null) return found.toString("utf8").trim();
  throw new UnanswerableRequest(
    `Cannot find where ${head} left ${base} in ${git.directory}: their histories do not meet here. In a shallow clone, run git fetch --unshallow.`,
  );
}

async function findDefaultBranch(git: Git): Promise<string | null> {
  const pointed = await runOrNull(git, ["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]);
  const candidates = pointed === null ? conventional : [pointed.toString("utf8").trim(), ...conventional];
  for (const candidate of candidates)
    if ((await runOrNull(git, ["rev-parse", "--verify", "--quiet", `${candidate}^{commit}`])) !== null)
      return candidate;
  return null;
}

function branchName(full: string): string {
  return full.replace(/^refs\/(heads|remotes\/[^/]+)\//, "");
}
