import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyUsed } from "../../workflows/used.ts";

const rank = { fixed: "low", version: "medium", moving: "high" } as const;

export default defineRule({
  id: "gha-action-added",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary: "A workflow comes to use an action, a workflow or an image of somebody else that it did not use before.",
  why: "It runs with the token and whatever secrets its job holds, and so does everything that its owner publishes under the same name later on.",
  remedy: "Read what it does, or do the same in a few lines of script; where it stays, name the full commit.",
  needs: "workflows",
  options: z.strictObject({
    trusted: z
      .array(z.string())
      .default([])
      .describe("Owners, or `owner/action` names, whose actions need no look; GitHub's own need none."),
  }),
  *detect(view, { trusted }) {
    const known = new Set(trusted.map((one) => one.toLowerCase()));
    const told = new Set<string>();
    for (const { workflow, use, stood, beside } of newlyUsed(view)) {
      if (
        told.has(`${use.name}@${use.ref}`) ||
        use.isPlatform ||
        stood.length > 0 ||
        known.has(use.owner) ||
        known.has(use.name)
      )
        continue;
      if (beside.some(({ ref, pin }) => pin === "fixed" || ref === use.ref)) continue;
      told.add(`${use.name}@${use.ref}`);
      yield {
        at: use.at,
        about: `${workflow.path}#${use.name}`,
        message: `\`${use.name}\` is new here${use.pin === "fixed" ? ", held at a commit" : `, and \`${use.ref}\` may come to mean something else (risk: ${rank[use.pin]})`}`,
        asks: true,
        object: use.name,
      };
    }
  },
  examples: {
    "an action at a tag": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
      >       - uses: acme-tools/notify@v1`,
    "another owner takes the place of the one who was trusted": {
      change: `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - uses: acme-tools/setup@11bd71901bbe5b1630ceea73d27597364c9af683
      >       - uses: acme-t00ls/setup@0057852bfaa89a56745cba8c7296529d2fc39830`,
      reverse: "reports",
    },
    "a workflow of somebody else, and an image": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      >       - uses: docker://acme/scan:2
      +   deploy:
      >     uses: acme-tools/flows/.github/workflows/deploy.yml@main`,
    "GitHub's own, and one of this repository": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +       - uses: actions/setup-node@v5
      +       - uses: ./.github/actions/build`,
    "a new version, and once more": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - uses: acme-tools/setup@v4
      +       - uses: acme-tools/setup@v5
      +       - uses: Acme-Tools/setup@v5`,
    "another workflow uses it": `
      = .github/workflows/nightly.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: acme-tools/setup@v5
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +       - uses: acme-tools/setup@v5`,
    "an owner who is trusted": {
      options: { trusted: ["acme-tools"] },
      change: `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +       - uses: acme-tools/setup@v5`,
    },
  },
});
