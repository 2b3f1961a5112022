import { unreachable } from "../../lib/assert.ts";
import { shorten } from "../../lib/text.ts";
import { type ChangedFile, changed, type Content, type Gap } from "../change/change-set.ts";
import type { Facts } from "../facts.ts";
import type { KnownRule } from "./context.ts";
import { notLookedAt, type PolicyEffects } from "./effects.ts";
import { loosened } from "./loosened.ts";
import { effectiveStatement, type PolicyFiles } from "./merge.ts";
import { ofBranch, policyPaths } from "./places.ts";
import { inForce, nameAt, type PolicySource, type ReadError, readJoined } from "./reading.ts";

/** A key that asks less after the change, with what the file says of it before and after. */
export interface Loosening {
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** What a change does to a policy that is in force where it lands. It is judged by the policy before it, never by its own. */
export interface PolicyChange {
  /** The policy files that it edits, in its own repository. */
  readonly paths: readonly string[];
  /** Whether it edits nothing else. */
  readonly alone: boolean;
  /** Whether all that it does to the policy is to plan more operations, in the file that is made for that. */
  readonly onlyPlans: boolean;
  /** Why the policy could not be used after the merge. */
  readonly mistakes: readonly PolicyMistake[];
  /** Files that the branch has in another version than the change began with: what a merge makes of the two is not known. */
  readonly outdated: readonly string[];
  /** Where it asks less, by key; null where that cannot be told because one of the two cannot be read. */
  readonly loosens: readonly Loosening[] | null;
  /** What it would do to other open pull requests. */
  readonly effects: PolicyEffects;
}

/** In a file of the change, or where the change breaks another file: then it has no path. */
export interface PolicyMistake {
  readonly path: string | null;
  readonly line: number | null;
  /** `.github/sallyport.yml:3:1: unknown key "mod"; did you mean "mode"?` */
  readonly what: string;
}

type Landing = Pick<Facts, "subject" | "base" | "head" | "change">;

interface Edited {
  readonly scope: PolicySource["scope"];
  readonly file: ChangedFile;
}

const organisationRepository = ".github";

/** The files of a change that are a policy in force where it lands. */
export function editedPolicies({ subject, base, change }: Omit<Landing, "head">): readonly Edited[] {
  const holdsOrganisation = subject.repository.name.toLowerCase() === organisationRepository && base.isDefault;
  const scopes = holdsOrganisation ? (["organisation", ...ofBranch] as const) : ofBranch;
  return scopes.flatMap((scope) =>
    changed(change)
      .filter(({ path }) => path === policyPaths[scope])
      .map((file) => ({ scope, file })),
  );
}

/** What the change makes of the policy; null where it edits none that is in force. `sources` are those in force. */
export function proposedPolicy(
  facts: Landing,
  sources: readonly PolicySource[],
  rules: readonly KnownRule[],
): PolicyChange | null {
  const edited = editedPolicies(facts);
  if (edited.length === 0) return null;
  const paths = edited.map(({ file }) => file.path);
  const standing = inForce(sources, rules);
  const proposed = edited.reduce((so, one) => replaced(so, one, facts), standing);
  const [before, after] = [readJoined(standing, rules), readJoined(proposed, rules)];
  const known = new Set(before.errors.map(({ sentence }) => sentence));
  const loosens =
    before.errors.length + after.errors.length > 0 ? null : loosenings(before.files, after.files, edited, rules);
  const own = new Map(edited.map(({ file }) => [nameAt(addressAfter(file.path, facts)), file.path]));
  return {
    paths,
    alone: changed(facts.change).every(({ path }) => paths.includes(path)),
    mistakes: after.errors
      .filter(({ file, sentence }) => own.has(file) || !known.has(sentence))
      .map((error) => mistakeOf(error, own.get(error.file) ?? null)),
    outdated: edited.filter((one) => !isCurrent(one, sources, facts.base)).map(({ file }) => file.path),
    loosens,
    onlyPlans: edited.every(({ scope }) => scope === "operations") && loosens?.length === 0,
    effects: notLookedAt,
  };
}

/** The policy files that another change would be judged by once this one has landed; null where it does not decide about that. */
export function policiesAfter(
  facts: Landing,
  other: { readonly facts: Pick<Facts, "base">; readonly policies: readonly PolicySource[] },
): readonly PolicySource[] | null {
  const edited = editedPolicies(facts).filter(
    ({ scope }) => scope === "organisation" || facts.base.isDefault || other.facts.base.ref === facts.base.ref,
  );
  return edited.length === 0 ? null : edited.reduce((so, one) => replaced(so, one, facts), other.policies);
}

function mistakeOf({ sentence, mistake }: ReadError, path: string | null): PolicyMistake {
  const rest = sentence.replace(/^Cannot read policy /u, "");
  if (path === null || mistake === null) return { path, line: null, what: rest };
  const { line, column, message, remedy } = mistake;
  return { path, line, what: `${path}:${line}:${column}: ${message}${remedy === null ? "" : `; ${remedy}`}` };
}

/** A repository's file at the base stands last: after the default branch's, where the two differ. */
function sourceOf(
  { scope }: Edited,
  sources: readonly PolicySource[],
  { isDefault }: Facts["base"],
): PolicySource | undefined {
  const ofScope = sources.filter((source) => source.scope === scope);
  return isDefault ? ofScope[0] : ofScope.at(-1);
}

function replaced(sources: readonly PolicySource[], edited: Edited, facts: Landing): readonly PolicySource[] {
  const { scope, file } = edited;
  const content = contentAfter(file.after?.content ?? null);
  const source: PolicySource = { scope, at: addressAfter(file.path, facts), content, former: null };
  const current = sourceOf(edited, sources, facts.base);
  return current === undefined ? [...sources, source] : sources.map((one) => (one === current ? source : one));
}

function addressAfter(path: string, { subject, head }: Landing): string {
  return `${subject.repository.owner}/${subject.repository.name}@${head.sha}:${path}`;
}

function contentAfter(content: Content | null): PolicySource["content"] {
  if (content === null) return { kind: "absent" };
  switch (content.kind) {
    case "text":
    case "unread":
      return content;
    case "binary":
      return { kind: "unread", reason: "it is not a text file" };
    case "symlink":
    case "submodule":
      return { kind: "unread", reason: `it is a ${content.kind}` };
  }
}

/** Whether the change began with the version that is in force. */
function isCurrent(edited: Edited, sources: readonly PolicySource[], base: Facts["base"]): boolean {
  const before = edited.file.before?.content ?? null;
  const content = sourceOf(edited, sources, base)?.content ?? { kind: "absent" };
  if (content.kind === "absent") return before === null;
  return content.kind === "text" && before?.kind === "text" && content.text === before.text;
}

/** Keys that only follow from others, such as the approvals of each environment, are left out beside those. */
function loosenings(
  before: PolicyFiles,
  after: PolicyFiles,
  edited: readonly Edited[],
  rules: readonly KnownRule[],
): readonly Loosening[] {
  const [was, is] = [before, after].map((files) => edited.map((one) => valueOf(files, one)));
  const all = loosened(effectiveStatement(before, rules), effectiveStatement(after, rules)).map((key) => {
    const [first, second] = [was, is].map((values) => stated(values ?? [], key.split(".")));
    return { key, before: first, after: second };
  });
  const written = all.filter((one) => one.before !== undefined || one.after !== undefined);
  return (written.length > 0 ? written : all).map((one) => ({
    key: one.key,
    before: shown(one.before),
    after: shown(one.after),
  }));
}

function valueOf({ organisation, defaultBranch, baseBranch, operations }: PolicyFiles, { scope }: Edited): unknown {
  switch (scope) {
    case "organisation":
      return organisation?.located.value;
    case "repository":
      return (baseBranch ?? defaultBranch)?.located.value;
    case "operations":
      return operations.at(-1)?.located.value;
    default:
      return unreachable(scope);
  }
}

/** What the files say at a key, as it is written there. */
function stated(values: readonly unknown[], path: readonly string[]): unknown {
  for (const value of values) {
    const found = path.reduce<unknown>(
      (inner, name) => (isRecord(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
      value,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

const shownLength = 120;

function shown(value: unknown): string {
  if (value === undefined) return "not stated";
  const text =
    typeof value === "string"
      ? value
      : JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? String(inner) : inner));
  return shorten(text, shownLength);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A broken policy is not merged, whoever wrote it; a merge that nobody has seen is for people to accept. */
export function policyChangeGaps(change: PolicyChange | null): readonly Gap[] {
  if (change === null) return [];
  return [
    ...change.mistakes.map(
      ({ path, line, what }, i): Gap => ({
        id: `policy-after-merge:${i + 1}`,
        level: "block",
        path,
        side: "head",
        line,
        reason: `the policy after the merge: ${what}`,
        remedy: "Correct the policy file in this change.",
      }),
    ),
    ...change.outdated.map(
      (path): Gap => ({
        id: `policy-moved:${path}`,
        level: "hold",
        path,
        side: "head",
        line: null,
        reason: `what \`${path}\` would be after the merge: its branch has another version by now`,
        remedy: "Update the branch of this change.",
      }),
    ),
  ];
}
