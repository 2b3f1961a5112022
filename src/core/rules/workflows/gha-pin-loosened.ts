import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyUsed } from "../../workflows/used.ts";
import { isLooser } from "../../workflows/uses.ts";

const words = { fixed: "a commit", version: "a version that its owner can move", moving: "a branch" } as const;

export default defineRule({
  id: "gha-pin-loosened",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "An action that was held at a commit or version comes to run whatever its owner puts there.",
  why: "A tag is moved in a second, and everybody who uses it runs what it points to: that is how tj-actions/changed-files printed the secrets of thousands of repositories.",
  remedy: "Name the full commit, with the version in a comment; an updater keeps both in step.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect(view) {
    const told = new Set<string>();
    for (const { workflow, use, stood } of newlyUsed(view)) {
      if (told.has(`${workflow.path} ${use.name}@${use.ref}`)) continue;
      const [held] = stood.filter(({ pin }) => isLooser(pin, use.pin));
      if (held === undefined || stood.some(({ pin }) => !isLooser(pin, use.pin))) continue;
      told.add(`${workflow.path} ${use.name}@${use.ref}`);
      yield {
        at: use.at,
        about: `${workflow.path}#${use.name}`,
        message: `\`${use.name}\` at \`${held.ref}\` → \`${use.ref}\`: ${words[held.pin]} becomes ${words[use.pin]}`,
        // From a version to a branch is a matter of trust that was given already.
        ...(held.pin === "fixed" && !use.isPlatform ? {} : { asks: true as const }),
        object: use.name,
      };
    }
  },
  examples: {
    "a commit becomes a tag": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - uses: acme-tools/setup@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
      >       - uses: acme-tools/setup@v5`,
    "a version becomes a branch": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          deploy:
      -     uses: acme-tools/flows/.github/workflows/deploy.yml@v2
      >     uses: acme-tools/flows/.github/workflows/deploy.yml@main`,
    "an image loses its digest": `
      M actions/build/action.yml
        runs:
          using: composite
          steps:
      -     - uses: docker://acme/build@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      >     - uses: docker://acme/build:2`,
    "a version goes up": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - uses: acme-tools/setup@v4
      +       - uses: acme-tools/setup@v5
      -       - uses: acme-tools/cache@11bd71901bbe5b1630ceea73d27597364c9af683
      +       - uses: acme-tools/cache@0057852bfaa89a56745cba8c7296529d2fc39830`,
    "one place of several is pinned, and one moves": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      -       - uses: acme-tools/setup@v4
      +       - uses: acme-tools/setup@11bd71901bbe5b1630ceea73d27597364c9af683
          test:
            runs-on: ubuntu-latest
            steps:
      +       - run: make test
              - uses: acme-tools/setup@v4`,
  },
});
