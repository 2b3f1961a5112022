import { z } from "zod";
import { defineRule } from "../../rule.ts";
import type { Part, Pipeline } from "../../pipelines/model.ts";
import { isLooser } from "../../workflows/uses.ts";

const words = {
  fixed: "a fixed state",
  version: "a version that its owner can move",
  moving: "whatever is there",
} as const;

export default defineRule({
  id: "ci-part-loosened",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary:
    "A pipeline of GitLab, CircleCI, Azure or Jenkins takes in an include, orb, template or library of somebody else, or holds one less firmly.",
  why: "It runs with the secrets of the pipeline, and its owner can change what it does from one run to the next.",
  remedy: "Name a commit or a whole version, and read what it does before it is taken in.",
  needs: "pipelines",
  options: z.strictObject({}),
  *detect({ changes }) {
    const stood = new Map<string, Part>();
    for (const part of changes.flatMap(({ before }) => before?.parts ?? [])) {
      const known = stood.get(part.name);
      if (known === undefined || isLooser(known.pin, part.pin)) stood.set(part.name, part);
    }
    const told = new Set<string>();
    for (const { pipeline, part } of changes.flatMap(({ after }) => partsOf(after))) {
      const before = stood.get(part.name);
      if (before === undefined ? part.isPlatform : !isLooser(before.pin, part.pin)) continue;
      if (told.has(part.name)) continue;
      told.add(part.name);
      const ref = part.ref === "" ? "" : `@${part.ref}`;
      yield {
        at: part.at,
        about: `${pipeline.path}#${part.name}`,
        message:
          before === undefined
            ? `\`${part.name}${ref}\` is new here: ${words[part.pin]}`
            : `\`${part.name}\` at \`${before.ref}\` → \`${part.ref}\`: ${words[before.pin]} becomes ${words[part.pin]}`,
        asks: true,
        object: part.name,
      };
    }
  },
  examples: {
    "an include follows a branch": `
      M .gitlab-ci.yml
        include:
      !   - project: acme/ci
      -     ref: 8c7d1f0a4b3e2d1c0b9a8f7e6d5c4b3a2f1e0d9c
      +     ref: main
            file: /build.yml
        build: { script: make }`,
    "a file from the network": `
      M .gitlab-ci.yml
      + include:
      >   - remote: https://example.com/ci.yml
        build: { script: make }`,
    "an orb that moves": `
      M .circleci/config.yml
        version: 2.1
        orbs:
      -   slack: acme/slack@4.1.0
      >   slack: acme/slack@volatile
        jobs: {}`,
    "a library of Jenkins": `
      M Jenkinsfile
      - @Library('acme-steps@v2.1.0') _
      > @Library('acme-steps@main') _
        node { stage('a') { sh 'make' } }`,
    "held more firmly, and an orb of the maker": `
      M .circleci/config.yml
        version: 2.1
        orbs:
      -   slack: acme/slack@4.1
      +   slack: acme/slack@4.1.0
      +   node: circleci/node@7.1.0
        jobs: {}`,
    "a newer version": `
      M .gitlab-ci.yml
        include:
          - project: acme/ci
      -     ref: v1.2.0
      +     ref: v1.3.0
            file: /build.yml
        build: { script: make }`,
  },
});

function partsOf(pipeline: Pipeline | null): readonly { readonly pipeline: Pipeline; readonly part: Part }[] {
  return pipeline === null ? [] : pipeline.parts.map((part) => ({ pipeline, part }));
}
