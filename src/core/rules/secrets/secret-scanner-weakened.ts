import { z } from "zod";
import type { ChangedFile, Place } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { type ScannerFile, scannerFileOf, type Slack } from "../../secrets/scanners.ts";
import { formerOf, textIn } from "../../secrets/texts.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "secret-scanner-weakened",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "medium",
  summary:
    "What keeps secrets out of the repository looks at less than before: a scanner leaves out more, a hook is gone, or git no longer ignores such files.",
  why: "The tool goes on to pass, and nobody sees what it no longer says; what is left out today is left out of every change after it.",
  remedy: "Leave out the one finding that is false, by its exact place, and keep everything else looked at.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      const scanner = scannerFileOf(file.path);
      if (scanner === null) continue;
      const former = formerOf(file, files);
      const [before, after] = [textIn(former), textIn(file.after)];
      if (file.after !== null && after === null) {
        yield { at: placeOf(file), undecided: `what ${inCode(file.path)} tells ${scanner.tool} to leave out` };
        continue;
      }
      // A scanner that is new here, and is told what to look at, takes nothing away.
      if (before === null) continue;
      for (const one of lostBetween(scanner, before, after ?? "", file)) yield one;
    }
  },
  examples: {
    "a folder more is left out": `
      M .gitleaks.toml
        [extend]
        useDefault = true
        [allowlist]
        paths = [
          '''docs/.*''',
      >   '''deploy/.*''',
        ]`,
    "everything is": `
      M .gitleaks.toml
        [[allowlists]]
      - regexes = ['''EXAMPLE''']
      > regexes = ['''EXAMPLE''', '''.*''']`,
    "the rules that it comes with are gone": `
      M .gitleaks.toml
        [extend]
      < useDefault = true
      + useDefault = false`,
    "one finding more": `
      M .gitleaksignore
        docs/a.md:generic-api-key:12
      > deploy/prod.env:aws-access-token:3`,
    "secret scanning leaves out more": `
      M .github/secret_scanning.yml
        paths-ignore:
          - docs/**
      >   - "**"`,
    "a hook is gone": `
      M .pre-commit-config.yaml
        repos:
      < - repo: https://github.com/gitleaks/gitleaks
      -   rev: v8.24.2
      -   hooks: [{ id: gitleaks }]
        - repo: https://github.com/acme/format
          rev: v1`,
    "the file of hooks is gone": `
      D .husky/pre-commit
      < npx secretlint "**/*"`,
    "a secret more counts as known": `
      M .secrets.baseline
        { "results": { "a.py": [
          { "hashed_secret": "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33" },
      >   { "hashed_secret": "62cdb7020ff920e5aa642c3d4066950dd1f01f4d" },
          { "hashed_secret": "bbe960a25ea311d21d40669e93df2003ba9b90a2" }
        ] } }`,
    "git keeps out less": `
      M .gitignore
        node_modules
      < .env
      - dist`,
    "git lets a file in": `
      M .gitignore
        *.pem
      > !deploy/server.pem`,
    "another version of a hook": `
      M .pre-commit-config.yaml
        repos:
        - repo: https://github.com/gitleaks/gitleaks
      -   rev: v8.24.1
      +   rev: v8.24.2
          hooks: [{ id: gitleaks }]`,
    "less is left out": `
      M .gitleaks.toml
        [allowlist]
      - paths = ['''docs/.*''', '''deploy/.*''']
      + paths = ['''docs/.*''']`,
    "in another order": `
      M .gitleaksignore
      - docs/a.md:generic-api-key:12
        docs/b.md:generic-api-key:7
      + docs/a.md:generic-api-key:12`,
    "git keeps out more of the kind": `
      M .gitignore
      - .env
      + .env*
      - /secrets/
      + secrets/`,
    "an example is let in": `
      M .gitignore
        .env*
      + !.env.example`,
    "what is no secret is no longer kept out": `
      M .gitignore
      - dist
        .env`,
    "a new scanner": `
      A .gitleaks.toml
        [allowlist]
        paths = ['''docs/.*''']`,
  },
});

function* lostBetween(scanner: ScannerFile, before: string, after: string, file: ChangedFile): Iterable<Sighting> {
  const stood = new Set(scanner.leftOut(before).map(({ key }) => key));
  for (const one of distinct(scanner.leftOut(after))) {
    if (!stood.has(one.key)) yield sighting(scanner, one, { path: file.path, side: "head", line: one.line });
  }
  const still = scanner.kept(after);
  const keys = new Set(still.map(({ key }) => key));
  for (const one of distinct(scanner.kept(before))) {
    if (keys.has(one.key) || still.some((other) => isWithin(one.text, other.text))) continue;
    // A file that was moved has no lines of its own in the base.
    const at: Place =
      file.before === null
        ? { path: file.path, side: "head", line: 1 }
        : { path: file.path, side: "base", line: one.line };
    yield sighting(scanner, one, at);
  }
}

/** `.env*` keeps out what `.env` kept out. */
function isWithin(pattern: string, wider: string): boolean {
  const bare = (text: string): string => text.replace(/^\*?\*?\//, "").replace(/\/?\*{0,2}$/, "");
  if (bare(pattern) === bare(wider)) return wider.endsWith("*") || !pattern.endsWith("*");
  return wider.endsWith("*") && bare(wider) !== "" && bare(pattern).startsWith(bare(wider));
}

function distinct(items: readonly Slack[]): readonly Slack[] {
  return [...new Map(items.toReversed().map((one) => [one.key, one])).values()].toReversed();
}

function sighting({ tool }: ScannerFile, one: Slack, at: Place): Sighting {
  return {
    at,
    about: `${at.path}#${one.key}`,
    message: `${tool} ${one.how} ${inCode(one.text.slice(0, 120))}${one.everything ? ", which is everything" : ""}`,
    ...(one.everything ? {} : { asks: true as const }),
  };
}
