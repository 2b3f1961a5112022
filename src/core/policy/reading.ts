import { policyDigest } from "./digest.ts";
import { effectivePolicy, type PolicyFiles, strictDefault } from "./merge.ts";
import type { KnownRule } from "./context.ts";
import type { Scope } from "./places.ts";
import { fileName, parsePolicy, type PolicyDocument, type PolicyError, policyErrorText } from "./parse.ts";
import type { Policy } from "./schema.ts";

/** One place where a policy file may be, as it was found there. Read from a protected branch at a pinned commit, never from the pull request. */
export interface PolicySource {
  readonly scope: Scope;
  /** `owner/name@sha:path`. */
  readonly at: string;
  readonly content:
    | { readonly kind: "absent" }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "unread"; readonly reason: string };
  /** Asked for where the file cannot be used. Null: it can be, or nobody asked. */
  readonly former: Former | null;
}

/**
 * What stood on its branch before a policy file that cannot be used.
 * `version`: the last one that can be, in force in its place. `none`: there is none; `because` is a clause.
 */
export type Former =
  | { readonly kind: "version"; readonly at: string; readonly text: string }
  | { readonly kind: "none"; readonly because: string };

/** What is in force in the place of a file that cannot be used. */
export interface StandIn {
  /** The file at its tip, as `owner/name@sha:path`. */
  readonly file: string;
  /** The last version that can be used, as `owner/name@sha:path`; null: there is none, and the strict default stands in for it. */
  readonly by: string | null;
  /** Why there is none, as a clause. */
  readonly because: string | null;
}

/**
 * The policy in force. With `errors`, others stand in for files that could not be used: their last versions that can be, else the
 * strict default. It is enforced, and whoever reads it must not let anything pass because of it.
 */
export interface PolicyReading {
  readonly policy: Policy;
  readonly digest: string;
  /** The files that are in force, as `owner/name@sha:path`, and those that nothing but the strict default stands in for. */
  readonly sources: readonly string[];
  /** One for each file that could not be used. */
  readonly standIns: readonly StandIn[];
  /** Sentences with file, line, column and remedy. */
  readonly errors: readonly string[];
  /**
   * The organisation's policy alone, where the repository may not name environments in its place: what reaches nobody knows where by
   * this one stays so, whatever the repository calls it. Null where there is none, or where `layout` or `environments` is overridable.
   */
  readonly above: Policy | null;
}

/** The files that could be read, each in its part, and every reason why one could not. */
export interface FilesRead {
  readonly files: PolicyFiles;
  readonly errors: readonly ReadError[];
  readonly organisationUnread: boolean;
}

/** Why a file cannot be used. `mistake` is null for a file that is there and was not given. */
export interface ReadError {
  /** As `fileName` writes it. */
  readonly file: string;
  /** A sentence with place and remedy. */
  readonly sentence: string;
  readonly mistake: PolicyError | null;
}

/**
 * Reads and joins the files: the organisation's, then of the repository that of its default branch and, where the change would
 * land on another branch, that of the base branch. An organisation has one file; a repository has at most these two, in this order, and
 * for each of the two one of planned operations.
 */
export function readPolicies(sources: readonly PolicySource[], rules: readonly KnownRule[]): PolicyReading {
  const errors = readJoined(sources, rules).errors.map(({ sentence }) => sentence);
  const standing = inForce(sources, rules);
  const read = readJoined(standing, rules);
  const found = standing.filter(({ content }) => content.kind !== "absent").map(({ at }) => at);
  const broken = unusable(sources, rules);
  if (read.policy === null) return strictly(read, errors, found, broken, rules);
  // Whether the file that cannot be used would enforce is not known, and not enforcing would be a pass.
  const policy: Policy = errors.length === 0 ? read.policy : { ...read.policy, mode: "enforce" };
  return {
    policy,
    digest: policyDigest(policy),
    sources: found,
    standIns: broken.map(standInOf),
    errors,
    above: aboveOf(read.files.organisation, rules, policy),
  };
}

/** The files that cannot be used as they are; where each can be read, those that do not fit the others. */
export function unusable(sources: readonly PolicySource[], rules: readonly KnownRule[]): readonly PolicySource[] {
  const named = new Set(readJoined(sources, rules).errors.map(({ file }) => file));
  return sources.filter(({ at }) => named.has(nameAt(at)));
}

/** The files as they are in force: one that cannot be used in its last version that can be, where that is known. */
export function inForce(sources: readonly PolicySource[], rules: readonly KnownRule[]): readonly PolicySource[] {
  const broken = unusable(sources, rules);
  return sources.map((source): PolicySource => {
    const { scope, former } = source;
    if (!broken.includes(source) || former?.kind !== "version") return source;
    return { scope, at: former.at, content: { kind: "text", text: former.text }, former: null };
  });
}

function standInOf({ at, former }: PolicySource): StandIn {
  switch (former?.kind) {
    case "version":
      return { file: at, by: former.at, because: null };
    case "none":
      return { file: at, by: null, because: former.because };
    case undefined:
      return { file: at, by: null, because: "earlier versions were not looked for" };
  }
}

/** Where the files do not fit each other, no former version is in force for certain. */
function withoutFormer(source: PolicySource): StandIn {
  const standIn = standInOf(source);
  const because = "its last version that can be read does not fit the other policies";
  return standIn.by === null ? standIn : { ...standIn, by: null, because };
}

/** The files, what they come to together (null: that cannot be told), and why. */
export function readJoined(
  sources: readonly PolicySource[],
  rules: readonly KnownRule[],
): FilesRead & { readonly policy: Policy | null } {
  const read = readFiles(sources, rules);
  if (read.errors.length > 0) return { ...read, policy: null };
  const effective = effectivePolicy(read.files, rules);
  return effective.ok
    ? { ...read, policy: effective.policy }
    : { ...read, errors: effective.errors.map(errorOf), policy: null };
}

function aboveOf(organisation: PolicyDocument | null, rules: readonly KnownRule[], joined: Policy): Policy | null {
  const open = organisation?.statement.overridable ?? [];
  if (organisation === null || open.includes("layout") || open.includes("environments")) return null;
  const alone = effectivePolicy({ organisation, defaultBranch: null, baseBranch: null, operations: [] }, rules);
  // What counts as a library is joined already: a repository adds none unless the organisation lets it.
  return { ...(alone.ok ? alone.policy : strictDefault()), libraries: joined.libraries };
}

/** Reads each file alone, in the order that `readPolicies` states. */
function readFiles(sources: readonly PolicySource[], rules: readonly KnownRule[]): FilesRead {
  const read = sources.map((source) => ({ scope: source.scope, ...readOne(source, rules) }));
  const ofOrganisation = read.filter(({ scope }) => scope === "organisation");
  const [defaultBranch = null, baseBranch = null] = read
    .filter(({ scope }) => scope === "repository")
    .map(({ document }) => document);
  const operations = read.flatMap(({ scope, document }) => (scope === "operations" ? (document ?? []) : []));
  return {
    files: { organisation: ofOrganisation[0]?.document ?? null, defaultBranch, baseBranch, operations },
    errors: read.flatMap((one) => one.errors),
    organisationUnread: ofOrganisation.some((one) => one.errors.length > 0),
  };
}

/**
 * What holds while there is nothing to take the place of a file that cannot be used. The others can only tighten what an organisation's file decides, so where that one is not
 * known, one that states nothing takes its place. Whether the missing file enforces is not known either: that would be a pass.
 */
function strictly(
  { files, organisationUnread }: FilesRead,
  errors: readonly string[],
  sources: readonly string[],
  broken: readonly PolicySource[],
  rules: readonly KnownRule[],
): PolicyReading {
  const organisation = organisationUnread ? silentOrganisation(rules) : files.organisation;
  const all = effectivePolicy({ ...files, organisation }, rules);
  const { operations } = files;
  const alone = effectivePolicy({ organisation, defaultBranch: null, baseBranch: null, operations }, rules);
  const stated = all.ok ? all.policy : alone.ok ? alone.policy : strictDefault();
  const policy: Policy = { ...stated, mode: "enforce" };
  return {
    policy,
    digest: policyDigest(policy),
    sources,
    standIns: broken.map(all.ok ? standInOf : withoutFormer),
    errors,
    above: aboveOf(organisation, rules, policy),
  };
}

function silentOrganisation(rules: readonly KnownRule[]): PolicyDocument | null {
  const source = { repository: "", sha: "", path: "sallyport.yml", text: "version: 1\n" };
  const parsed = parsePolicy(source, { scope: "organisation", rules });
  return parsed.ok ? parsed.document : null;
}

function readOne(
  { scope, at, content }: PolicySource,
  rules: readonly KnownRule[],
): { readonly document: PolicyDocument | null; readonly errors: readonly ReadError[] } {
  switch (content.kind) {
    case "absent":
      return { document: null, errors: [] };
    case "unread": {
      const sentence = `Cannot read policy ${at}: ${content.reason}`;
      return { document: null, errors: [{ file: nameAt(at), sentence, mistake: null }] };
    }
    case "text": {
      const parsed = parsePolicy({ ...addressOf(at), text: content.text }, { scope, rules });
      return parsed.ok
        ? { document: parsed.document, errors: [] }
        : { document: null, errors: parsed.errors.map(errorOf) };
    }
  }
}

function errorOf(mistake: PolicyError): ReadError {
  return { file: mistake.file, sentence: policyErrorText(mistake), mistake };
}

/** The file at an address, as errors name it. */
export function nameAt(at: string): string {
  return fileName({ ...addressOf(at), text: "" });
}

/** `owner/name@sha:path` in its parts; a file that is in no repository is its path alone. */
function addressOf(at: string): { readonly repository: string; readonly sha: string; readonly path: string } {
  const [, repository = "", sha = "", path = at] = /^([^@]+)@([0-9a-f]{40,64}):(.+)$/u.exec(at) ?? [];
  return { repository, sha, path };
}
