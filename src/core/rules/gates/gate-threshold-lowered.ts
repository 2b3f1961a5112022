import { z } from "zod";
import { placeOf } from "../../change/hunks.ts";
import { linesOf, unreadHead } from "../../gates/files.ts";
import { holdsThresholds, isLaxer, type Threshold, thresholdsIn } from "../../gates/thresholds.ts";
import { defineRule, type Observation } from "../../rule.ts";

export default defineRule({
  id: "gate-threshold-lowered",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "high",
  summary: "Less of the code has to be covered by tests than before.",
  why: "Coverage falls by what is written without tests. Who lowers the bound with the code that misses it passes, and so does everybody after.",
  remedy: "Write the tests; lower the bound in a change of its own that says why.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const file of files) {
      if (!holdsThresholds(file.path) || file.before === null || file.after === null) continue;
      const [was, is] = [linesOf(file.before), linesOf(file.after)];
      if (was === null || is === null) {
        yield {
          at: placeOf(file),
          about: file.path,
          undecided: `what coverage \`${file.path}\` asks for`,
          ...unreadHead(file),
        };
      } else {
        yield* lowered(file.path, thresholdsIn(file.path, was), thresholdsIn(file.path, is));
      }
    }
  },
  examples: {
    "of a test runner": `
      M vitest.config.ts
        export default { test: { coverage: { thresholds: {
      -   lines: 90,
      >   lines: 60,
          branches: 80,
        } } } };`,
    "of pytest, and of Codecov": `
      M pyproject.toml
        [tool.coverage.report]
      - fail_under = 85
      > fail_under = 70
      M codecov.yml
        coverage:
          status:
            project:
              default:
      -         target: 80%
      >         target: 50%
      -         threshold: 1%
      >         threshold: 10%`,
    "it is gone": `
      M jest.config.js
        module.exports = {
          coverageThreshold: { global: {
      <     lines: 90,
          } },
        };`,
    "more is asked, and in another order": `
      M vitest.config.ts
        export default { test: { coverage: { thresholds: {
      -   lines: 80,
          branches: 80,
      +   lines: 90,
        } } } };`,
    "a number that bounds no coverage": `
      M package.json
        {
      -   "lines": 80
      +   "lines": 40
        }`,
  },
});

function* lowered(path: string, before: readonly Threshold[], after: readonly Threshold[]): Generator<Observation> {
  const now = byKey(after);
  for (const [key, stood] of byKey(before)) {
    const about = `${path}#${key}`;
    const left = now.get(key) ?? [];
    const [first] = stood;
    if (left.length === 0 && first !== undefined) {
      const at = { path, side: "base" as const, line: first.line };
      yield { at, about, message: `\`${first.text}\` is gone: nothing asks for it any more`, asks: true };
    }
    for (const [former, current] of paired(stood, left)) {
      if (former.text === current.text) continue;
      const at = { path, side: "head" as const, line: current.line };
      const own = `${about}.${current.line}`;
      if (current.value === null) {
        yield {
          at,
          about: own,
          undecided: `what coverage \`${current.text}\` asks for, where \`${former.text}\` stood`,
        };
      } else if (former.value !== null && isLaxer(key, former.value, current.value)) {
        yield {
          at,
          about: own,
          message: `\`${former.text}\` → \`${current.text}\`: less has to be covered`,
          asks: true,
        };
      }
    }
  }
}

/** Of as many as before those in the same place are the same; of other numbers of them the laxest are compared. */
function paired(
  before: readonly Threshold[],
  after: readonly Threshold[],
): readonly (readonly [Threshold, Threshold])[] {
  if (before.length !== after.length) return laxestOf(before, after);
  return before.flatMap((one, index) => {
    const other = after[index];
    return other === undefined ? [] : [[one, other] as const];
  });
}

function laxestOf(
  before: readonly Threshold[],
  after: readonly Threshold[],
): readonly (readonly [Threshold, Threshold])[] {
  const [was, is] = [laxest(before), laxest(after)];
  return was === undefined || is === undefined ? [] : [[was, is]];
}

/** What is no number counts as laxest: nobody knows what it asks for. */
function laxest(thresholds: readonly Threshold[]): Threshold | undefined {
  const [first, ...others] = thresholds;
  return others.reduce<Threshold | undefined>(
    (a, b) => (a === undefined || b.value === null || (a.value !== null && isLaxer(a.key, a.value, b.value)) ? b : a),
    first,
  );
}

function byKey(thresholds: readonly Threshold[]): ReadonlyMap<string, readonly Threshold[]> {
  const found = new Map<string, Threshold[]>();
  for (const one of thresholds) {
    const known = found.get(one.key);
    if (known === undefined) found.set(one.key, [one]);
    else known.push(one);
  }
  return found;
}
