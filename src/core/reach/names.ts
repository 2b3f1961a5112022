import { fold, layoutMatcher, loosening, sameName, tightening } from "../policy/patterns.ts";
import type { Environment, Policy } from "../policy/schema.ts";

/** What reach reads of a policy. */
export type ReachPolicy = Pick<Policy, "layout" | "environments" | "services" | "capacity" | "libraries" | "modules">;

/** An environment and a service that a path names; null where it names none. */
export interface Named {
  readonly environment: string | null;
  readonly service: string | null;
}

/** Reads environments and services off paths, branches and labels. Case and look-alikes do not count. */
export interface Names {
  /** What lines of `layout` say of a path: every reading that names something. */
  readonly stated: (path: string) => readonly Named[];
  /** Environments by conventional names in the path of a configuration file. */
  readonly conventional: (path: string) => readonly string[];
  /** Environments that a word names: a module's label, a workspace, a value of `environment`. */
  readonly inWord: (word: string) => readonly string[];
  /** Services that a path names: by `layout`, or by a segment that is a service of the policy. */
  readonly services: (path: string) => readonly string[];
  /** Environments that merging into a branch reaches. */
  readonly ofBranch: (branch: string) => readonly string[];
  /** Whether an environment is of the tier production. */
  readonly isProduction: (environment: string) => boolean;
  /** True for what nothing is deployed from by itself: only who reads it tells where it goes. */
  readonly isLibrary: (path: string) => boolean;
}

export function namesOf(policy: ReachPolicy): Names {
  const matchers = policy.layout.map((pattern) => layoutMatcher(pattern));
  const environments = Object.values(policy.environments);
  const services = Object.keys(policy.services);
  const branches = environments.map(({ name, branches: patterns }) => ({ name, matches: tightening(patterns) }));
  const known = lookup(environments);

  const stated = (path: string): readonly Named[] =>
    matchers
      .flatMap((readings) => readings(path))
      .flatMap(({ environment, service }) => {
        const own = service === null ? null : (services.find((name) => sameName(name, service)) ?? service);
        const named = environment === null ? [] : (known.get(fold(environment)) ?? []);
        return (named.length === 0 ? [null] : named).map((one) => ({ environment: one, service: own }));
      })
      .filter(({ environment, service }) => environment !== null || service !== null);

  return {
    stated,
    conventional: (path) => conventional(path, known, environments),
    inWord: (word) => inWord(word, known, environments),
    services: (path) =>
      unique([
        ...stated(path).flatMap(({ service }) => service ?? []),
        ...services.filter((service) => path.split("/").some((segment) => sameName(segment, service))),
      ]),
    isProduction: (name) => environments.some((one) => one.name === name && one.tier === "production"),
    isLibrary: loosenedIn(policy.libraries),
    ofBranch: (branch) => branches.filter(({ matches }) => matches(branch)).map(({ name }) => name),
  };
}

/** No pattern: no library. */
function loosenedIn(patterns: readonly string[]): (path: string) => boolean {
  const matches = loosening(patterns);
  return (path) => patterns.length > 0 && matches(path);
}

type Known = ReadonlyMap<string, readonly string[]>;

/**
 * From every name and alias, folded, to the environments. Where several claim a word all of them count: a file of the repository
 * must not take a name away from an environment of the organisation.
 */
function lookup(environments: readonly Environment[]): Known {
  const claims = environments.flatMap(({ name, aliases }) =>
    [name, ...aliases].map((word) => ({ word: fold(word), name })),
  );
  const byWord = Map.groupBy(claims, ({ word }) => word);
  return new Map([...byWord].map(([word, found]) => [word, unique(found.map(({ name }) => name))]));
}

/** Words that name an environment when they stand alone or last, and something else when they stand first (`live-reload`). */
const ambiguous = new Set(["live", "stage", "dev", "develop", "test", "testing", "qa", "sandbox"]);
/** Before a name these mean what comes before it: `pre-prod` is not production, and it is deployed all the same. */
const negating = new Set(["pre", "non", "not"]);
/** What stands behind a name and tells where it runs: `eu-west-1`, `asia-southeast1-b`, `westeurope`, `02`. */
const region =
  /^(?:\d+|[a-z]|(?:af|ap|ca|cn|eu|il|me|mx|sa|uk|us|gov|africa|asia|australia|europe|northamerica|southamerica)|(?:north|south|east|west|central)+(?:us|europe|asia)?\d*)$/u;
/** Below these folders names are those of samples and of tests. */
const samples = new Set([
  "test",
  "tests",
  "__tests__",
  "testdata",
  "fixtures",
  "__fixtures__",
  "example",
  "examples",
  "sample",
  "samples",
  "docs",
  "node_modules",
]);
const configuration =
  /\.(?:ya?ml|json|jsonc|toml|tf|tofu|tfvars|hcl|properties|ini|conf|cfg|env|j2|tpl|tmpl|jsonnet|libsonnet|cue)$|^\.env(?:\.|$)|^dockerfile|^caddyfile|^procfile/u;

/** Folders that hold one folder for each environment: below them `test` is one of those. */
const holders =
  /^(?:env|envs|environments?|overlays|clusters|stages|deploy|deployments?|k8s|kubernetes|helm|terraform|infra|infrastructure)$/u;

/** True for a path below a folder of tests or examples: nothing is deployed from there unless the policy says so. */
export function isSample(path: string): boolean {
  return firstSample(path.split("/").slice(0, -1).map(fold)) >= 0;
}

/** Folders of tests that tools look for by these names: `.chainsaw-test`, `.kyverno-test`. */
const testsOfTools = /^\.(?:[\w-]+-)?tests?$/u;

function firstSample(folders: readonly string[]): number {
  return folders.findIndex(
    (folder, index) => testsOfTools.test(folder) || (samples.has(folder) && !holders.test(folders[index - 1] ?? "")),
  );
}

function conventional(path: string, known: Known, environments: readonly Environment[]): readonly string[] {
  const segments = path.split("/").map(fold);
  const file = segments.pop() ?? "";
  if (!configuration.test(file)) return [];
  const sample = firstSample(segments);
  const folders = sample < 0 ? segments : segments.slice(0, sample);
  const found = folders.flatMap((segment) => inWord(segment, known, environments));
  const stem = /^dockerfile|^\.env/u.test(file) ? file : file.replace(/\.[^.]*$/u, "");
  return unique(sample < 0 ? [...found, ...inWord(stem, known, environments)] : found);
}

/**
 * Environments that a word names: between dots any part may (`values.prod.enc`), between `-` and `_` only the first and the last, a
 * region aside (`api-prod-eu-west-1`): in the middle names are those of what it is about (`ensure-production-matches`).
 */
function inWord(word: string, known: Known, environments: readonly Environment[]): readonly string[] {
  const folded = fold(word);
  const whole = known.get(folded);
  if (whole !== undefined) return whole;
  const words = folded.split(".").flatMap(wordsOfPart);
  return unique(
    words.flatMap(({ text, first, last }, index) => {
      const named = known.get(text) ?? [];
      if (named.length === 0 || !(last || (first && !ambiguous.has(text)))) return [];
      if (!negating.has(words[index - 1]?.text ?? "")) return named;
      const staging = environments.filter(({ tier }) => tier === "staging").map(({ name }) => name);
      return staging.length > 0 ? staging : named;
    }),
  );

  function wordsOfPart(part: string): readonly { text: string; first: boolean; last: boolean }[] {
    if (known.has(part)) return [{ text: part, first: true, last: true }];
    return part.split(/[-_\s]+/u).map((text, index, all) => ({
      text,
      first: index === 0,
      last: all.slice(index + 1).every((after) => region.test(after)),
    }));
  }
}

export function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
