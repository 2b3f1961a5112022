import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";
import type { Step, Workflow } from "../../workflows/model.ts";

export default defineRule({
  id: "gha-cache-in-release",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "medium",
  summary: "A workflow that releases comes to take what it builds with out of a cache.",
  why: "Any run on the default branch may fill that cache, also one that an outsider brought to run his code. What lies in it goes into the release, unseen by the one who tags.",
  remedy: "Build releases from nothing but the tag and the lockfile: no cache in the workflow that publishes.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      once(
        isRelease(workflow)
          ? workflow.jobs.flatMap((job) =>
              job.steps.flatMap((step) => {
                const cache = cacheOf(step);
                return cache === null ? [] : [{ key: cache.text, trace: job.id, job: job.id, ...cache }];
              }),
            )
          : [],
      ),
    );
    for (const { workflow, item } of found) {
      const former = changes.find(({ after }) => after === workflow)?.before;
      // A release workflow that is new is looked at as a whole.
      if (former == null) continue;
      yield {
        at: item.at,
        about: `${workflow.path}#${item.job}.cache`,
        message: `job \`${item.job}\` of a workflow that releases restores a cache: \`${item.text}\``,
        asks: true,
        object: item.job,
      };
    }
  },
  examples: {
    "a cache beside the build": `
      M .github/workflows/release.yml
        on: { push: { tags: ["v*"] } }
        jobs:
          release:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/setup-node@v5
                with:
                  node-version: 24
      >           cache: npm
      >       - uses: actions/cache@v4
              - run: npm publish`,
    "tests may use one": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
      +       - uses: actions/cache@v4
              - run: npm test`,
    "only written, or turned off": `
      M .github/workflows/release.yml
        on: { release: { types: [published] } }
        jobs:
          release:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/setup-node@v5
                with:
                  node-version: 24
      +           cache: ""
      +       - uses: actions/cache/save@v4
              - run: npm publish`,
  },
});

/** Runs for tags and releases alone, or for their events among others. */
function isRelease({ triggers }: Workflow): boolean {
  return triggers.some(
    ({ event, value }) => event === "release" || (event === "push" && value.at("tags") !== undefined),
  );
}

function cacheOf({ uses, inputs }: Step): { readonly text: string; readonly at: Step["at"] } | null {
  if (uses?.ref.kind !== "action") return null;
  const { name } = uses.ref;
  // It only asks whether there is one.
  if (inputs.some(({ key, text }) => key === "lookup-only" && text === "true")) return null;
  if (/^(?:actions\/cache(?:\/restore)?|swatinem\/rust-cache)$/u.test(name)) return { text: name, at: uses.at };
  if (!/^[\w-]+\/[\w-]*setup[\w-]*$/u.test(name)) return null;
  const said = inputs.find(({ key, text }) => /^(?:enable-)?cache$/u.test(key) && text !== "" && text !== "false");
  return said === undefined ? null : { text: `${name}, ${said.key}: ${said.text}`, at: said.at };
}
