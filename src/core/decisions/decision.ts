import { z } from "zod";
import { commandNames } from "./command-name.ts";

/** Who decided: a person's account on GitHub, or whoever holds the keys of this installation and gave a name. */
const decider = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("account"), id: z.int(), login: z.string() }),
  z.strictObject({ kind: z.literal("operator"), name: z.string() }),
  /** A breaker of the policy, by its own word. */
  z.strictObject({
    kind: z.literal("breaker"),
    trippedBy: z.string(),
    /** `subjectId` of what it was looking at then: the one place that goes on telling of it. */
    subjectId: z.string().nullable().default(null),
  }),
]);

const common = {
  /** Names the decision for good: recording it again changes nothing. `comment/<repository id>/<comment id>`, or a random one. */
  id: z.string().min(1),
  by: decider,
  atMs: z.int().nonnegative(),
  /** In the words of who decided: not evidence, escaped where it is shown. */
  reason: z.string(),
};

/** In the place of an installation's id: those that are not known yet. GitHub's begin at 1. */
export const yetToCome = 0;

/** Where a halt holds. `agent` is the key of the catalogue or a login of the policy; it holds in the whole installation. */
const haltScope = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("installation"), installationId: z.int() }),
  z.strictObject({ kind: z.literal("repository"), installationId: z.int(), repositoryId: z.int() }),
  z.strictObject({ kind: z.literal("agent"), installationId: z.int(), agent: z.string() }),
]);
export type HaltScope = z.infer<typeof haltScope>;

const override = z.strictObject({
  ...common,
  kind: z.literal("override"),
  /** `subjectId` of the pull request. */
  subjectId: z.string(),
  /** The head that it names: on every other it is nothing. */
  headSha: z.string(),
  baseRef: z.string(),
  /** Ids of findings and gaps, or of rules, in the order given. */
  names: z.array(z.string()).min(1),
  breakGlass: z.boolean(),
});
export type Override = z.infer<typeof override>;

const halt = z.strictObject({
  ...common,
  kind: z.literal("halt"),
  scope: haltScope,
  stops: z.enum(["agents", "everyone"]),
});
export type Halt = z.infer<typeof halt>;

/** Lifts the halts that it names, and no later one. */
const resume = z.strictObject({
  ...common,
  kind: z.literal("resume"),
  installationId: z.int(),
  halts: z.array(z.string()).min(1),
});
export type Resume = z.infer<typeof resume>;

/** A command that was answered without anything being decided: refused, or only asked for. */
const answered = z.strictObject({
  ...common,
  kind: z.literal("answered"),
  subjectId: z.string(),
  command: z.enum(commandNames),
  /** Why not, as a sentence for who asked. Null: it was done. */
  refused: z.string().nullable(),
});
export type Answered = z.infer<typeof answered>;

/** What people decided through Sallyport: the one thing that cannot be derived again from GitHub. */
export const decisionSchema = z.discriminatedUnion("kind", [override, halt, resume, answered]);
export type Decision = z.infer<typeof decisionSchema>;
export type Decider = z.infer<typeof decider>;

/** What has been decided and holds for one subject: overrides of it, and halts of its installation that nobody has lifted. */
export interface Decided {
  readonly overrides: readonly Override[];
  readonly halts: readonly Halt[];
}

export const nothingDecided: Decided = { overrides: [], halts: [] };
