import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Repository } from "../../core/subject.ts";
import { type Git, type GitEnvironment, GitFailure, line, openGit, runOrNull, UnanswerableRequest } from "./git.ts";
import { ObjectReader } from "./objects.ts";

/** A repository on this machine. Close `objects` when done. */
export interface LocalRepository {
  readonly git: Git;
  readonly objects: ObjectReader;
  readonly repository: Repository;
}

/** Larger objects are not taken into memory. */
const objectLimitBytes = 16 * 1024 * 1024;

/** Opens the repository that `folder` is in; its root becomes git's directory. A bare repository is its own root. */
export async function openRepository(folder: string, outside: GitEnvironment): Promise<LocalRepository> {
  const inside = await stat(folder).catch(() => null);
  if (inside?.isDirectory() !== true)
    throw new UnanswerableRequest(`Cannot look for a repository in ${folder}: it is no folder that can be opened.`);
  const git = await atRoot(await openGit(folder, outside));
  const repository = await repositoryOf(git);
  return { git, objects: new ObjectReader(git, objectLimitBytes), repository };
}

async function atRoot(git: Git): Promise<Git> {
  try {
    const bare = (await line(git, ["rev-parse", "--is-bare-repository"])) === "true";
    return bare ? git : { ...git, directory: await line(git, ["rev-parse", "--show-toplevel"]) };
  } catch (failed) {
    if (!(failed instanceof GitFailure) || failed.exitCode !== 128) throw failed;
    throw new UnanswerableRequest(`${failed.message}. Name a folder inside a repository with --repo.`);
  }
}

/** Owner and name as the address of `origin` says; ids are GitHub's and unknown here. */
async function repositoryOf(git: Git): Promise<Repository> {
  const address = (await runOrNull(git, ["config", "--get", "remote.origin.url"]))?.toString("utf8").trim() ?? "";
  const found = /[:/]([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(address);
  return { id: 0, owner: found?.[1] ?? "local", name: found?.[2] ?? basename(git.directory) };
}
