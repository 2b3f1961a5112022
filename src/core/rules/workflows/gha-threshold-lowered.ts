import { z } from "zod";
import { defineRule } from "../../rule.ts";
import type { Workflow } from "../../workflows/model.ts";
import { type Strictness, strictnessIn } from "../../workflows/strictness.ts";

export default defineRule({
  id: "gha-threshold-lowered",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "medium",
  summary:
    "A workflow asks less of a change than before: less coverage, graver findings only, more warnings let through.",
  why: "The bound is what the tests and scanners hold a change to. Who lowers it passes without having become any better, and so does everybody after.",
  remedy: "Mend what keeps the change below the bound; lower it in a change of its own that says why.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    for (const { before, after } of changes) {
      if (before === null || after === null) continue;
      const is = byKey(after);
      for (const [key, was] of byKey(before)) {
        const now = is.get(key) ?? [];
        const [lax] = now.toSorted((a, b) => a.strict - b.strict);
        const [laxBefore] = was.toSorted((a, b) => a.strict - b.strict);
        if (lax === undefined || laxBefore === undefined || lax.strict >= laxBefore.strict) continue;
        yield {
          at: lax.at,
          about: `${after.path}#${lax.job}.${key}`,
          message: `\`${laxBefore.text}\` → \`${lax.text}\`: less is asked of a change`,
          asks: true,
          object: lax.job,
        };
      }
    }
  },
  examples: {
    "less has to be covered": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: |
      -           pytest --cov-fail-under=85
      >           pytest --cov-fail-under=60`,
    "graver findings only, and more warnings": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: |
      -           npm audit --audit-level=moderate
      >           npm audit --audit-level=critical
      -           eslint . --max-warnings 0
      >           eslint . --max-warnings 50
              - uses: acme-tools/trivy-action@v1
                with:
      -           severity: MEDIUM,HIGH,CRITICAL
      >           severity: CRITICAL`,
    "more is asked": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
      -       - run: pytest --cov-fail-under=85 && npm audit --audit-level=high
      +       - run: pytest --cov-fail-under=90 && npm audit --audit-level=low`,
    "a number that bounds nothing": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
      -       - run: pytest --workers=8
      +       - run: pytest --workers=4`,
  },
});

function byKey(workflow: Workflow): ReadonlyMap<string, readonly Strictness[]> {
  const found = new Map<string, Strictness[]>();
  for (const one of strictnessIn(workflow)) {
    const known = found.get(one.key);
    if (known === undefined) found.set(one.key, [one]);
    else known.push(one);
  }
  return found;
}
