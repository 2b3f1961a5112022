import { z } from "zod";
import type { Account } from "../../core/facts.ts";

/** A kind of account that GitHub adds one day is taken for a bot: those never approve, and what they open is an agent's. */
const account = z.looseObject({
  id: z.int(),
  login: z.string(),
  type: z.enum(["User", "Bot", "Organization", "Mannequin"]).catch("Bot"),
});

export const accountShape = account.transform(({ id, login, type }): Account => ({ id, login, type }));

/** GitHub gives null for accounts that are gone, and an empty object for mailboxes of nobody. */
export const accountOrNull = z
  .union([accountShape, z.null(), z.strictObject({}).transform(() => null)])
  .optional()
  .transform((value) => value ?? null);

export const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);

/** A moment in ISO 8601, as milliseconds since the epoch. */
export const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** A pull request as its own endpoint gives it, and as lists give it. */
export const pullShape = z.looseObject({
  number: z.int(),
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  user: accountOrNull,
  draft: z.boolean().optional(),
  created_at: moment,
  labels: z.array(z.looseObject({ name: z.string() })),
  /** GitHub's own test merge; of which tip and head, its parents say. Null and `mergeable` null while it is not made yet. */
  merge_commit_sha: sha.nullish(),
  /** Only where a pull request is asked for by itself. */
  mergeable: z.boolean().nullish(),
  auto_merge: z.looseObject({ enabled_by: accountOrNull }).nullish(),
  head: z.looseObject({
    ref: z.string(),
    sha,
    repo: z.looseObject({ id: z.int(), name: z.string(), owner: z.looseObject({ login: z.string() }) }).nullable(),
  }),
  base: z.looseObject({
    ref: z.string(),
    repo: z.looseObject({
      id: z.int(),
      name: z.string(),
      owner: z.looseObject({ login: z.string() }),
      default_branch: z.string(),
    }),
  }),
  /** Stacked pull requests: rules are those of the branch at the bottom of the stack. */
  stack: z.looseObject({ base: z.looseObject({ ref: z.string() }) }).nullish(),
});
export type Pull = z.infer<typeof pullShape>;

/** The branch that it lands on in the end. */
export function effectiveBase(pull: Pull): string {
  return pull.stack?.base.ref ?? pull.base.ref;
}

/** Null: auto-merge is off. GitHub shows no account for one that is gone. */
export function autoMergeArmedBy({ auto_merge: armed }: Pick<Pull, "auto_merge">): Account | "unknown" | null {
  return armed == null ? null : (armed.enabled_by ?? "unknown");
}
