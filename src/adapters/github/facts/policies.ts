import { z } from "zod";
import type { PolicySource } from "../../../app/ports.ts";
import { contentLimitBytes, decode } from "../../../core/change/content.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, askOrNull, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { blobId } from "./blobs.ts";
import { Remembered } from "./remembered.ts";

const repositoryPath = ".github/sallyport.yml";
const organisationRepository = ".github";
const organisationPath = "sallyport.yml";
const codeOwnersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;
const rememberedBytes = 64 * 1024 * 1024;

type Text = PolicySource["content"];

const repositoryShape = z.looseObject({ id: z.int(), default_branch: z.string(), name: z.string() });
const refShape = z.looseObject({ object: z.looseObject({ sha }) });
const fileShape = z.looseObject({ type: z.literal("file"), sha, encoding: z.string(), content: z.string() });
/** A folder is answered with a list, a symlink out of the repository and a submodule with a type of their own. */
const contentsShape = z.union([
  fileShape.transform(textOf),
  z.array(z.unknown()).transform((): Text => ({ kind: "unread", reason: "it is a folder" })),
  z
    .looseObject({ type: z.enum(["symlink", "submodule", "dir"]) })
    .transform(({ type }): Text => ({ kind: "unread", reason: `it is a ${type}` })),
]);

/** Reads policy files at pinned commits of protected places; never from a head. What was read there is remembered. */
export class Policies {
  readonly #remembered = new Remembered<Text>(rememberedBytes, (content) =>
    content.kind === "text" ? 1024 + content.text.length : 1024,
  );

  /** The policy of the repository at a commit of one of its branches. */
  async ofRepository(session: Session, repository: Repository, commit: string): Promise<PolicySource> {
    const content = await this.#read(session, repository, commit, repositoryPath);
    return { scope: "repository", at: `${repository.owner}/${repository.name}@${commit}:${repositoryPath}`, content };
  }

  /**
   * The policy of the owner, from the default branch of its `.github` repository. Absent where GitHub knows no such repository, which
   * is also what it says about a private one that the app was not given: the installation must cover it.
   */
  async ofOwner(session: Session, owner: string): Promise<PolicySource> {
    const where = { owner, repo: organisationRepository };
    const at = `${owner}/${organisationRepository}`;
    const found = await askOrNull(session, "GET /repos/{owner}/{repo}", where, repositoryShape);
    const commit =
      found === null ? null : await tipOrNull(session, { owner, name: organisationRepository }, found.default_branch);
    if (found === null || commit === null) return { scope: "organisation", at, content: { kind: "absent" } };
    return await this.ofOwnerAt(session, { id: found.id, owner, name: found.name }, commit);
  }

  /** The policy of the owner as its `.github` repository holds it at a commit. */
  async ofOwnerAt(session: Session, repository: Repository, commit: string): Promise<PolicySource> {
    const content = await this.#read(session, repository, commit, organisationPath);
    const at = `${repository.owner}/${organisationRepository}@${commit}:${organisationPath}`;
    return { scope: "organisation", at, content };
  }

  /** CODEOWNERS at a commit, from the first of the places where GitHub looks. */
  async codeOwners(session: Session, repository: Repository, commit: string): Promise<Text> {
    for (const path of codeOwnersPaths) {
      const found = await this.#read(session, repository, commit, path);
      if (found.kind !== "absent") return found;
    }
    return { kind: "absent" };
  }

  async #read(session: Session, { id, owner, name: repo }: Repository, commit: string, path: string): Promise<Text> {
    const key = `${id} ${commit} ${path}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const route = "GET /repos/{owner}/{repo}/contents/{path}";
    const found = await askOrNull(session, route, { owner, repo, path, ref: commit }, contentsShape);
    const content = found ?? { kind: "absent" };
    this.#remembered.set(key, content);
    return content;
  }
}

/** Whether it is the one that holds the policy of its owner. */
export function isOrganisationRepository({ name }: Pick<Repository, "name">): boolean {
  return name.toLowerCase() === organisationRepository;
}

/** The commit that a branch stands at. Throws where there is no such branch. */
export async function tip(session: Session, { owner, name: repo }: Repository, branch: string): Promise<string> {
  const given = { owner, repo, ref: `heads/${branch}` };
  const { object } = await ask(session, "GET /repos/{owner}/{repo}/git/ref/{ref}", given, refShape);
  return object.sha;
}

/** As `tip`; null where there is no such branch, or no commit at all, which GitHub answers with 404 or 409. */
export async function tipOrNull(
  session: Session,
  { owner, name: repo }: Pick<Repository, "owner" | "name">,
  branch: string,
): Promise<string | null> {
  const given = { owner, repo, ref: `heads/${branch}` };
  const found = await askOrNull(session, "GET /repos/{owner}/{repo}/git/ref/{ref}", given, refShape, [404, 409]);
  return found?.object.sha ?? null;
}

/** GitHub leaves out the text of files over 1 MB. */
function textOf({ sha: blob, encoding, content }: z.infer<typeof fileShape>): Text {
  if (encoding !== "base64") return { kind: "unread", reason: `it is larger than ${contentLimitBytes} bytes` };
  const bytes = Buffer.from(content, "base64");
  if (blobId(bytes, blob.length) !== blob)
    return { kind: "unread", reason: "what GitHub gave is not what its SHA names" };
  const read = decode(bytes, "100644");
  if (read.kind === "text") return read;
  return { kind: "unread", reason: read.kind === "unread" ? read.reason : "it is not a text file" };
}
