import { policyDigest } from "./digest.ts";
import { effectivePolicy, type PolicyFiles, strictDefault } from "./merge.ts";
import type { KnownRule } from "./context.ts";
import { fileName, parsePolicy, type PolicyDocument, type PolicyError, policyErrorText } from "./parse.ts";
import type { Policy } from "./schema.ts";

/** One place where a policy file may be, as it was found there. Read from a protected branch at a pinned commit, never from the pull request. */
export interface PolicySource {
  readonly scope: "organisation" | "repository";
  /** `owner/name@sha:path`. */
  readonly at: string;
  readonly content:
    | { readonly kind: "absent" }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "unread"; readonly reason: string };
}

/**
 * The policy in force. With `errors`, it stands in for files that could not be used: what could be read of them still holds, on the
 * strict default, and is enforced. Whoever reads it must not let anything pass because of it.
 */
export interface PolicyReading {
  readonly policy: Policy;
  readonly digest: string;
  /** The files that were found, as `owner/name@sha:path`. */
  readonly sources: readonly string[];
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
 * land on another branch, that of the base branch. An organisation has one file; a repository has at most these two, in this order.
 */
export function readPolicies(sources: readonly PolicySource[], rules: readonly KnownRule[]): PolicyReading {
  const found = sources.filter(({ content }) => content.kind !== "absent").map(({ at }) => at);
  const { files, errors, organisationUnread } = readFiles(sources, rules);
  const sentences = errors.map(({ sentence }) => sentence);
  if (errors.length > 0) return standIn(organisationUnread, files, found, sentences, rules);
  const effective = effectivePolicy(files, rules);
  if (!effective.ok) return standIn(false, files, found, effective.errors.map(policyErrorText), rules);
  const { policy } = effective;
  return {
    policy,
    digest: policyDigest(policy),
    sources: found,
    errors: [],
    above: aboveOf(files.organisation, rules),
  };
}

function aboveOf(organisation: PolicyDocument | null, rules: readonly KnownRule[]): Policy | null {
  const open = organisation?.statement.overridable ?? [];
  if (organisation === null || open.includes("layout") || open.includes("environments")) return null;
  const alone = effectivePolicy({ organisation, defaultBranch: null, baseBranch: null }, rules);
  return alone.ok ? alone.policy : strictDefault();
}

/** Reads each file alone, in the order that `readPolicies` states. */
export function readFiles(sources: readonly PolicySource[], rules: readonly KnownRule[]): FilesRead {
  const read = sources.map((source) => ({ scope: source.scope, ...readOne(source, rules) }));
  const ofOrganisation = read.filter(({ scope }) => scope === "organisation");
  const [defaultBranch = null, baseBranch = null] = read
    .filter(({ scope }) => scope === "repository")
    .map(({ document }) => document);
  return {
    files: { organisation: ofOrganisation[0]?.document ?? null, defaultBranch, baseBranch },
    errors: read.flatMap((one) => one.errors),
    organisationUnread: ofOrganisation.some((one) => one.errors.length > 0),
  };
}

/**
 * What holds while a file cannot be used. The others can only tighten what an organisation's file decides, so where that one is not
 * known, one that states nothing takes its place. Whether the missing file enforces is not known either: that would be a pass.
 */
function standIn(
  organisationUnread: boolean,
  files: PolicyFiles,
  sources: readonly string[],
  errors: readonly string[],
  rules: readonly KnownRule[],
): PolicyReading {
  const organisation = organisationUnread ? silentOrganisation(rules) : files.organisation;
  const joined = [
    { ...files, organisation },
    { organisation, defaultBranch: null, baseBranch: null },
  ].map((candidate) => effectivePolicy(candidate, rules));
  const policy: Policy = { ...(joined.find((one) => one.ok)?.policy ?? strictDefault()), mode: "enforce" };
  return { policy, digest: policyDigest(policy), sources, errors, above: aboveOf(organisation, rules) };
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

export function errorOf(mistake: PolicyError): ReadError {
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
