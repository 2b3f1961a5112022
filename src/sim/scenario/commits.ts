import type { CommitInput, SimRepository } from "../facade/repository.ts";
import type { Account } from "../state/model.ts";
import { branchSha, treeOf } from "../state/repositories.ts";
import type { Written } from "./acts.ts";
import { contents, type Stage, Unplayable } from "./stage.ts";

/** Where a commit goes and who pushes it. */
export interface Place {
  readonly repository: SimRepository;
  readonly branch: string;
  readonly by: Account;
  /** Where the branch begins if it is new. */
  readonly from?: string | undefined;
  /** The commit that takes the place of the branch's. */
  readonly onto?: string | undefined;
}

/** Writes what a step says and pushes it. @returns the last commit */
export function commitTo(stage: Stage, place: Place, written: Written): string {
  const { repository, branch, by, from, onto } = place;
  let sha = "";
  for (let number = 1; number <= (written.times ?? 1); number += 1) {
    const parent = onto !== undefined && number === 1 ? onto : undefined;
    const input: CommitInput = {
      files: numbered({ ...contents(written.files ?? {}), ...edited(place, written.edit ?? {}) }, number),
      by,
      message: messageOf(stage, written),
      author: signatureOf(stage, written.author) ?? by,
      ...optional("committer", signatureOf(stage, written.committer)),
      ...optional("from", from),
      ...optional("onto", parent),
      ...optional("signed", written.signed),
      ...optional(
        "alsoParents",
        written.merges?.map((name) => stage.commit(name)),
      ),
    };
    sha = repository.commit(branch, input);
  }
  if (written.commit !== undefined) stage.commits.set(written.commit, sha);
  return sha;
}

export function writesSomething({ files, edit, merges }: Written): boolean {
  return files !== undefined || edit !== undefined || merges !== undefined;
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T });
}

function numbered(files: CommitInput["files"], number: number): CommitInput["files"] {
  const put = (text: string): string => text.replaceAll("{n}", String(number));
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [put(path), typeof content === "string" ? put(content) : content]),
  );
}

/** The files of the parent with texts replaced: a scenario shows what changes and not what stays. */
function edited({ repository, branch, from, onto }: Place, edit: NonNullable<Written["edit"]>): Record<string, string> {
  const { state } = repository;
  const parent = onto ?? branchSha(state, branch) ?? branchSha(state, from ?? state.defaultBranch);
  const stands = parent === undefined ? [] : [...state.objects.files(treeOf(state, parent))];
  return Object.fromEntries(
    Object.entries(edit).map(([path, replacements]) => {
      const entry = stands.find((file) => file.path === path);
      const bytes = entry === undefined ? undefined : state.objects.blob(entry.sha);
      if (bytes === undefined) throw new Unplayable(`Cannot edit ${path} on ${branch}: there is no such file.`);
      let text = Buffer.from(bytes).toString("utf8");
      for (const [old, fresh] of Object.entries(replacements)) {
        const times = text.split(old).length - 1;
        if (times !== 1) {
          throw new Unplayable(`Cannot edit ${path} on ${branch}: ${JSON.stringify(old)} stands there ${times} times.`);
        }
        text = text.replace(old, () => fresh);
      }
      return [path, text];
    }),
  );
}

function messageOf(stage: Stage, { message, co_authors: coAuthors = [] }: Written): string {
  const trailers = coAuthors.map((who) => {
    const signature = signatureOf(stage, who);
    if (signature === undefined) return "";
    const name = "login" in signature ? signature.login : signature.name;
    return `Co-authored-by: ${name} <${signature.email}>`;
  });
  return [message ?? "Change it", ...(trailers.length === 0 ? [] : ["", ...trailers])].join("\n");
}

function signatureOf(
  stage: Stage,
  who: string | undefined,
): Account | { readonly name: string; readonly email: string } | undefined {
  if (who === undefined) return undefined;
  const [, name, email] = /^(.*?)\s*<([^<>]+)>$/u.exec(who) ?? [];
  return name !== undefined && email !== undefined ? { name, email } : stage.account(who);
}
