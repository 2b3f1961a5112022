import { basename } from "node:path";
import type { Repository } from "../../core/subject.ts";
import { type Git, type GitEnvironment, line, openGit, runOrNull } from "./git.ts";
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
  const found = await openGit(folder, outside);
  const bare = (await line(found, ["rev-parse", "--is-bare-repository"])) === "true";
  const git = bare ? found : { ...found, directory: await line(found, ["rev-parse", "--show-toplevel"]) };
  const repository = await repositoryOf(git);
  return { git, objects: new ObjectReader(git, objectLimitBytes), repository };
}

/** Owner and name as the address of `origin` says; ids are GitHub's and unknown here. */
async function repositoryOf(git: Git): Promise<Repository> {
  const address = (await runOrNull(git, ["config", "--get", "remote.origin.url"]))?.toString("utf8").trim() ?? "";
  const found = /[:/]([^/:]+)\/([^/]+?)(?:\.git)?\/?$/.exec(address);
  return { id: 0, owner: found?.[1] ?? "local", name: found?.[2] ?? basename(git.directory) };
}
