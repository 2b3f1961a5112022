import { textItems } from "./scanner-texts.ts";

/** Something that a scanner for secrets leaves out, or no longer looks for. */
export interface Slack {
  /** What makes two of them the same. */
  readonly key: string;
  /** "leaves out files like", "no longer runs". */
  readonly how: string;
  readonly text: string;
  readonly line: number;
  /** It covers everything. */
  readonly everything: boolean;
}

/** What a file tells scanners for secrets, by its name; null for every other file. */
export interface ScannerFile {
  readonly tool: string;
  /** What is left out; more of it in the head is a loss. */
  readonly leftOut: (text: string) => readonly Slack[];
  /** What is looked for or kept out; less of it in the head is a loss. */
  readonly kept: (text: string) => readonly Slack[];
}

/** Longer lines are none that a person wrote; their beginning is looked at. */
const lineMax = 2_000;
const none = (): readonly Slack[] => [];

function slack(how: string, text: string, line: number): Slack {
  return { key: `${how} ${text}`, how, text, line, everything: coversAll(text) };
}

const everythingPatterns = new Set([
  "*",
  "**",
  "**/*",
  "/**",
  "/",
  ".",
  "./",
  ".*",
  ".+",
  "(.*)",
  "(.*?)",
  ".*?",
  "^.*$",
  "^.*",
  "[\\s\\S]*",
  "^",
  "",
]);

function linesIn(text: string): readonly string[] {
  return text.split("\n").map((line) => line.slice(0, lineMax).trimEnd());
}

function coversAll(pattern: string): boolean {
  return everythingPatterns.has(pattern);
}

/** One pattern or finding on each line. */
function lineList(text: string): readonly Slack[] {
  return linesIn(text).flatMap((line, index) => {
    const item = line.replace(/(^|\s)#.*$/, "").trim();
    return item === "" ? [] : [slack("leaves out", item, index + 1)];
  });
}

function itemsUnder(keys: RegExp, how: string): (text: string) => readonly Slack[] {
  return (text) =>
    textItems(text)
      .filter(({ within }) => within.some((key) => keys.test(key)))
      .map(({ item, line }) => slack(how, item, line));
}

/** Rules of gitleaks, and whether it starts from those that it comes with. */
function gitleaksRules(text: string): readonly Slack[] {
  return linesIn(text).flatMap((line, index) => {
    const id = /^\s*id\s*=\s*["']([^"']+)["']/.exec(line)?.[1];
    if (id !== undefined) return [slack("no longer has the rule", id, index + 1)];
    return /^\s*useDefault\s*=\s*true/.test(line)
      ? [slack("no longer has", "the rules that it comes with", index + 1)]
      : [];
  });
}

const hookTools =
  /\b(gitleaks|detect-secrets(?:-hook)?|trufflehog|ggshield|talisman|git-secrets|secretlint|ripsecrets|kingfisher|noseyparker|whispers|detect-private-key|detect-aws-credentials)\b/g;

/** Scanners that hooks run, each once. */
function hooks(text: string): readonly Slack[] {
  const seen = new Set<string>();
  return linesIn(text).flatMap((line, index) => {
    const code = line.replace(/^\s*#.*$/, "");
    return [...code.matchAll(hookTools)].flatMap(([tool]) => {
      const name = tool.replace(/-hook$/, "");
      if (seen.has(name)) return [];
      seen.add(name);
      return [slack("no longer runs", name, index + 1)];
    });
  });
}

/** Digests of a baseline: what is in it is not reported any more. */
function baseline(text: string): readonly Slack[] {
  return linesIn(text).flatMap((line, index) => {
    const digest = /"hashed_secret"\s*:\s*"([0-9a-f]{40})"/.exec(line)?.[1];
    return digest === undefined ? [] : [slack("counts as known the secret with the digest", digest, index + 1)];
  });
}

function baselinePlugins(text: string): readonly Slack[] {
  return linesIn(text).flatMap((line, index) => {
    const name = /"name"\s*:\s*"(\w+)"/.exec(line)?.[1];
    return name === undefined ? [] : [slack("no longer looks with", name, index + 1)];
  });
}

/** Names of files that hold secrets, kept out of the repository. */
const sensitive =
  /(?:^|\/)(?:\*?\.env(?:[.*].*)?|\*\*?\.env|\*?\.(?:pem|key|p12|pfx|jks|keystore|tfvars|tfstate|kdbx)(?:\*|\.\*)?|\*\.tfstate\.\*|id_(?:rsa|ed25519)\*?|\.netrc|\.pypirc|\.npmrc|kubeconfig|secrets?(?:\.\w+|\/\*{0,2})?|credentials(?:\.\w+)?|\.secrets?)\/?$/;
/** A file that is let in has a name of its own. */
const keyEnding = /\.(?:pem|key|p12|pfx|jks|keystore|tfvars|tfstate|kdbx)$/;
const forShow = /example|sample|template|dist|\.vault|default/;

function ignored(text: string): readonly Slack[] {
  return linesIn(text).flatMap((line, index) => {
    const pattern = line.replace(/^#.*$/, "").trim();
    if (pattern.startsWith("!") || !sensitive.test(pattern) || forShow.test(pattern)) return [];
    return [{ ...slack("no longer keeps out", pattern.replace(/^(?:\*\*\/|\/)/, ""), index + 1), everything: false }];
  });
}

function letIn(text: string): readonly Slack[] {
  return linesIn(text).flatMap((line, index) => {
    const pattern = line.trim();
    const named = pattern.slice(1);
    if (!pattern.startsWith("!") || !(sensitive.test(named) || keyEnding.test(named)) || forShow.test(named)) return [];
    return [{ ...slack("lets in", named, index + 1), everything: false }];
  });
}

/** Source: the documentation of gitleaks, TruffleHog, detect-secrets, GitGuardian, Talisman, secretlint, pre-commit and GitHub secret scanning. */
const files: readonly (readonly [RegExp, ScannerFile])[] = [
  [
    /(?:^|\/)\.?gitleaks(?:[\w.-]*)\.toml$/,
    {
      tool: "gitleaks",
      leftOut: itemsUnder(
        /^(?:rules\.)?allowlists?$|^(?:paths|regexes|stopwords|commits|disabledRules)$/,
        "leaves out",
      ),
      kept: gitleaksRules,
    },
  ],
  [/(?:^|\/)\.gitleaksignore$/, { tool: "gitleaks", leftOut: lineList, kept: none }],
  [/(?:^|\/)\.?trufflehog-?(?:ignore|exclude[\w-]*)(?:\.txt)?$/, { tool: "TruffleHog", leftOut: lineList, kept: none }],
  [/(?:^|\/)\.secretlintignore$/, { tool: "secretlint", leftOut: lineList, kept: none }],
  [/(?:^|\/)[\w.-]*\.secrets\.baseline$/, { tool: "detect-secrets", leftOut: baseline, kept: baselinePlugins }],
  [
    /^\.github\/secret_scanning\.yml$/,
    { tool: "secret scanning of GitHub", leftOut: itemsUnder(/^paths-ignore$/, "leaves out"), kept: none },
  ],
  [
    /(?:^|\/)\.gitguardian\.ya?ml$/,
    {
      tool: "ggshield",
      leftOut: itemsUnder(
        /^(?:ignored[-_]\w+|paths-ignore|matches-ignore|ignored-paths|ignored-matches)$/,
        "leaves out",
      ),
      kept: none,
    },
  ],
  [
    /(?:^|\/)\.talismanrc$/,
    {
      tool: "Talisman",
      leftOut: itemsUnder(/^(?:fileignoreconfig|allowed_patterns|scopeconfig)$/, "leaves out"),
      kept: none,
    },
  ],
  [
    /(?:^|\/)(?:\.pre-commit-config\.ya?ml|lefthook\.ya?ml|\.?lefthook\.toml|\.husky\/[\w-]+|\.githooks\/[\w-]+)$/,
    { tool: "hook before a commit", leftOut: none, kept: hooks },
  ],
  [/(?:^|\/)\.gitignore$/, { tool: "git", leftOut: letIn, kept: ignored }],
];

export function scannerFileOf(path: string): ScannerFile | null {
  return files.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}
