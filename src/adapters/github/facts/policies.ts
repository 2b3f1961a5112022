import { z } from "zod";
import type { PolicySource } from "../../../app/ports.ts";
import { contentLimitBytes, decode } from "../../../core/change/content.ts";
import { ofBranch, policyPaths } from "../../../core/policy/places.ts";
import type { Repository } from "../../../core/subject.ts";
import { ask, askOrNull, GitHubFailure, type Session } from "../api.ts";
import { sha } from "../shapes.ts";
import { blobId } from "./blobs.ts";
import { idsAt, stoodAt } from "./policy-past.ts";
import { Remembered } from "./remembered.ts";

export const organisationRepository = ".github";
const codeOwnersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;
const rememberedBytes = 64 * 1024 * 1024;
const rememberedIds = 100_000;

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
  readonly #ids = new Remembered<{ readonly id: string | null }>(rememberedIds, () => 1);

  /** The policy files of the repository at a commit of one of its branches. */
  async ofRepository(session: Session, repository: Repository, commit: string): Promise<readonly PolicySource[]> {
    return await Promise.all(ofBranch.map(async (scope) => this.#source(session, scope, repository, commit)));
  }

  /**
   * The policy of the owner, from the default branch of its `.github` repository. Absent where GitHub knows no such repository, which
   * is also what it says about a private one that the app was not given: the installation must cover it.
   */
  async ofOwner(session: Session, owner: string): Promise<PolicySource> {
    const found = await this.#ownerTip(session, owner);
    if (found !== null) return await this.#source(session, "organisation", found.repository, found.tip);
    const at = `${owner}/${organisationRepository}`;
    return { scope: "organisation", at, content: { kind: "absent" }, former: null };
  }

  /** The policy of the owner as its `.github` repository holds it at a commit. */
  async ofOwnerAt(session: Session, repository: Repository, commit: string): Promise<PolicySource> {
    return await this.#source(session, "organisation", repository, commit);
  }

  async #ownerTip(
    session: Session,
    owner: string,
  ): Promise<{ readonly repository: Repository; readonly branch: string; readonly tip: string } | null> {
    const where = { owner, repo: organisationRepository };
    const found = await askOrNull(session, "GET /repos/{owner}/{repo}", where, repositoryShape);
    if (found === null) return null;
    const { id, name, default_branch: branch } = found;
    const repository = { id, owner, name };
    const stands = await tipOrNull(session, repository, branch);
    return stands === null ? null : { repository, branch, tip: stands };
  }

  async #source(
    session: Session,
    scope: PolicySource["scope"],
    repository: Repository,
    commit: string,
  ): Promise<PolicySource> {
    const path = policyPaths[scope];
    const content = await this.#read(session, repository, commit, path);
    return { scope, at: `${repository.owner}/${repository.name}@${commit}:${path}`, content, former: null };
  }

  /**
   * What stood on the branch before a policy file at `tip`, the newest first. `later` is called where more may be known in a
   * while. Throws `GitHubFailure` where GitHub fails, and `RetryLater`: what stood there is not known then, which is not "nothing".
   */
  async *past(
    session: Session,
    scope: PolicySource["scope"],
    repository: Repository,
    { branch, tip: from }: { readonly branch: string; readonly tip: string },
    later: () => void,
  ): AsyncGenerator<PolicySource, string> {
    try {
      const pages = stoodAt(session, repository, branch, from);
      let last: string | null | undefined;
      for (;;) {
        const { done, value } = await pages.next();
        if (done === true) {
          if (value.later) later();
          return value.because;
        }
        for (const { commit, id } of await this.#idsAt(session, scope, repository, value)) {
          if (id !== last) yield await this.#source(session, scope, repository, commit);
          last = id;
        }
      }
    } catch (failed) {
      if (!(failed instanceof GitHubFailure)) throw failed;
      // Another try may tell: until then nothing is judged by less than what stood there.
      if (failed.status === null || failed.status >= 500) throw failed;
      return `GitHub did not say what stood there before (${failed.status})`;
    }
  }

  /** As `past`, for the owner's policy. */
  async *pastOfOwner(session: Session, owner: string, later: () => void): AsyncGenerator<PolicySource, string> {
    const found = await this.#ownerTip(session, owner);
    if (found === null) return "its repository is gone";
    return yield* this.past(session, "organisation", found.repository, found, later);
  }

  async #idsAt(
    session: Session,
    scope: PolicySource["scope"],
    repository: Repository,
    commits: readonly string[],
  ): Promise<readonly { readonly commit: string; readonly id: string | null }[]> {
    const keyOf = (commit: string): string => `${repository.id} ${scope} ${commit}`;
    const path = policyPaths[scope];
    const unknown = commits.filter((commit) => this.#ids.get(keyOf(commit)) === undefined);
    const asked = await idsAt(session, repository, path, unknown);
    const fresh = new Map(unknown.map((commit, index) => [commit, asked[index] ?? null]));
    for (const [commit, id] of fresh) this.#ids.set(keyOf(commit), { id });
    return commits.map((commit) => ({ commit, id: fresh.get(commit) ?? this.#ids.get(keyOf(commit))?.id ?? null }));
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
