import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { lostGates } from "../../workflows/lost-gates.ts";

export default defineRule({
  id: "gha-gate-softened",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary: "Tests, linters or scanners still run, or seem to, but their failure no longer fails the job.",
  why: "The tick stays green whatever they find. To whoever reviews, and to every rule that asks for that tick, the change looks as tested as before.",
  remedy: "Mend what fails, or take the one test out in a change that says so; let the job fail with what it runs.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    for (const { sort, before, after, softened } of lostGates(changes)) {
      for (const { workflow, gate } of softened.slice(0, before - after)) {
        if (gate.softened === null) continue;
        const { by, at, isCertain } = gate.softened;
        const about = `${workflow.path}#${gate.job}.${sort}.softened`;
        if (!isCertain) {
          yield { at, about, undecided: `whether ${sort} of job \`${gate.job}\` can fail it: \`${by}\`` };
          continue;
        }
        yield {
          at,
          about,
          message: `\`${by}\`: ${sort} of job \`${gate.job}\` (\`${gate.text}\`) can fail without failing it`,
          object: gate.job,
        };
      }
    }
  },
  examples: {
    "a failure is shrugged off": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  npm ci
      -           npm test
      >           npm test || true`,
    "a job goes on after an error": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          scan:
            runs-on: ubuntu-latest
      >     continue-on-error: true
            steps:
              - uses: acme-tools/trivy-action@v1`,
    "a step never runs": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - name: unit tests
      >         if: \${{ false }}
                run: go test ./...`,
    "the script ends before": `
      M .github/workflows/ci.yml
        on: [push, pull_request]
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: |
      >           exit 0
                  pytest -q`,
    "a scanner is told to find nothing": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          scan:
            runs-on: ubuntu-latest
            steps:
              - uses: acme-tools/trivy-action@v1
                with:
      -           exit-code: 1
      >           exit-code: 0`,
    "something new that only warns": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: npm test
      +       - run: npm audit || true`,
    "more is tested, and one of the new tests only warns": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: pytest
      +       - run: pytest tests/api
      +       - run: pytest tests/slow
      +       - run: pytest tests/flaky || true
      +       - run: pytest tests/old || true`,
    "cleaning up may fail": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: npm test
      -       - run: docker rm db
      +       - run: docker rm db || true
      +         continue-on-error: true`,
    "it failed nothing before": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
      -       - run: pytest || true
      +       - run: pytest
      +         continue-on-error: true`,
  },
});
