import { z } from "zod";
import type { Place } from "../../change/change-set.ts";
import { defineRule } from "../../rule.ts";
import type { Value } from "../../views/value.ts";
import { gatesOf } from "../../workflows/gates.ts";
import type { Job, Workflow } from "../../workflows/model.ts";
import { type JobChange, pairSteps } from "../../workflows/pairing.ts";

export default defineRule({
  id: "gha-gate-filtered",
  invariant: "guardrails-are-untouched",
  severity: "medium",
  confidence: "high",
  summary: "A workflow that tests changes is no longer run for some of them: for paths, branches or kinds of events.",
  why: "A change to what is left out is not tested at all; where the check is required, it never comes or is taken for passed.",
  remedy:
    "Run it for every change, and let a job decide early that it has nothing to do; or say why these paths need no test.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes, jobs }) {
    for (const { job, gate, text, at, workflow } of conditioned(jobs)) {
      yield {
        at,
        about: `${workflow.path}#${job}.if`,
        message: `\`if: ${text}\` was not the condition before: \`${gate}\` of job \`${job}\` is left out where it does not hold`,
        asks: true,
        object: job,
      };
    }
    for (const { before, after } of changes) {
      if (before === null || after === null || gatesOf(before).length === 0) continue;
      for (const { key, text, at } of narrowed(before, after)) {
        yield {
          at,
          about: `${after.path}#on.${key}`,
          message: `${text}: the tests of \`${after.path}\` are left out for more changes than before`,
          asks: true,
        };
      }
    }
  },
  examples: {
    "paths are left out": `
      M .github/workflows/ci.yml
        on:
          pull_request:
            paths-ignore:
              - docs/**
      >       - src/billing/**
        jobs:
          test: { runs-on: ubuntu-latest, steps: [{ run: npm test }] }`,
    "only some paths and branches from now on": `
      M .github/workflows/ci.yml
        on:
          pull_request:
            types: [opened, synchronize]
      >     paths: [docs/**]
      >     branches: [release]
        jobs:
          test: { runs-on: ubuntu-latest, steps: [{ run: npm test }] }`,
    "a path less, and not when something is pushed": `
      M .github/workflows/ci.yml
        on:
          pull_request:
      -     paths: [src/**, lib/**]
      >     paths: [src/**]
      -     types: [opened, synchronize, reopened]
      >     types: [opened, reopened]
        jobs:
          test: { runs-on: ubuntu-latest, steps: [{ run: npm test }] }`,
    "one pattern that leaves out what another took in": `
      M .github/workflows/ci.yml
        on:
          pull_request:
            paths:
              - src/**
      >       - "!src/billing/**"
        jobs:
          test: { runs-on: ubuntu-latest, steps: [{ run: npm test }] }`,
    "tests under a condition, of a job and of a step": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
      >     if: github.event.pull_request.user.login != 'copilot'
            runs-on: ubuntu-latest
            steps: [{ run: npm test }]
          scan:
            runs-on: ubuntu-latest
            steps:
              - run: make
              - run: trivy fs .
      >         if: github.ref == 'refs/heads/main'`,
    "a condition that always holds, one that stood, and one that lets more in": `
      M .github/workflows/ci.yml
        on: pull_request
        jobs:
          test:
      +     if: always()
            runs-on: ubuntu-latest
            steps: [{ run: npm test }]
          scan:
            runs-on: ubuntu-latest
            steps:
              - run: trivy fs .
      -         if: github.event_name == 'pull_request'
      +         if: github.event_name == 'pull_request' || github.event_name == 'push'
              - run: semgrep ci
      -         if: \${{ !inputs.quick }}
      +         if: "!inputs.quick"`,
    "the filter is gone": `
      M .github/workflows/ci.yml
        on:
      -   pull_request: { paths: [src/**] }
      +   pull_request:
        jobs:
          test: { runs-on: ubuntu-latest, steps: [{ run: npm test }] }`,
    "a workflow that tests nothing": `
      M .github/workflows/label.yml
        on:
      -   pull_request:
      +   pull_request: { paths: [src/**] }
        jobs:
          label: { runs-on: ubuntu-latest, steps: [{ uses: actions/labeler@v5 }] }`,
    "another order": `
      M .github/workflows/ci.yml
        on:
      -   pull_request: { paths: [src/**, lib/**] }
      +   pull_request: { paths: [lib/**, src/**, test/**] }
        jobs:
          test: { runs-on: ubuntu-latest, steps: [{ run: npm test }] }`,
  },
});

interface Narrowed {
  readonly key: string;
  readonly text: string;
  readonly at: Place;
}

/** Pushes are left to those who push: what a pull request meets is what holds a change up. */
const events = ["pull_request", "pull_request_target"] as const;
const takingIn = ["paths", "branches"] as const;
const leavingOut = ["paths-ignore", "branches-ignore"] as const;
/** Kinds that a pull request event is run for where none are named. Source: docs.github.com "Events that trigger workflows". */
const usualTypes = ["opened", "synchronize", "reopened"];

function* narrowed(before: Workflow, after: Workflow): Generator<Narrowed> {
  for (const event of events) {
    const was = before.triggers.find((trigger) => trigger.event === event)?.value;
    const is = after.triggers.find((trigger) => trigger.event === event)?.value;
    if (was === undefined || is === undefined) continue;
    for (const key of takingIn) yield* taken(event, key, was, is);
    for (const key of leavingOut) yield* left(event, key, was, is);
    yield* types(event, was, is);
  }
}

function* taken(event: string, key: string, was: Value, is: Value): Generator<Narrowed> {
  const [before, after] = [textsOf(was.at(key)), textsOf(is.at(key))];
  const at = is.at(key)?.place;
  if (at === undefined || after.length === 0 || isAll(after)) return;
  if (before.length === 0 || isAll(before)) {
    yield { key: `${event}.${key}`, text: `\`${key}: ${after.join(", ")}\` is new`, at };
    return;
  }
  const gone = before.filter((one) => !one.startsWith("!") && !after.includes(one));
  if (gone.length > 0)
    yield { key: `${event}.${key}`, text: `\`${gone.join("`, `")}\` is no longer among \`${key}\``, at };
  const out = (is.at(key)?.items() ?? []).filter(
    ({ scalar }) => String(scalar).startsWith("!") && !before.includes(String(scalar)),
  );
  for (const { scalar, place } of out) {
    yield {
      key: `${event}.${key}.${String(scalar)}`,
      text: `\`${String(scalar)}\` takes away from \`${key}\``,
      at: place,
    };
  }
}

function* left(event: string, key: string, was: Value, is: Value): Generator<Narrowed> {
  const before = textsOf(was.at(key));
  const value = is.at(key);
  const each = value === undefined ? [] : value.scalar === undefined ? value.items() : [value];
  for (const { scalar, place } of each) {
    const text = String(scalar);
    if (!before.includes(text)) yield { key: `${event}.${key}.${text}`, text: `\`${key}: ${text}\` is new`, at: place };
  }
}

function* types(event: string, was: Value, is: Value): Generator<Narrowed> {
  const of = (value: Value) => (value.at("types") === undefined ? usualTypes : textsOf(value.at("types")));
  const gone = of(was).filter((one) => usualTypes.includes(one) && !of(is).includes(one));
  const at = is.at("types")?.place ?? is.place;
  if (gone.length > 0) yield { key: `${event}.types`, text: `\`${gone.join("`, `")}\` no longer starts it`, at };
}

function textsOf(value: Value | undefined): readonly string[] {
  if (value === undefined) return [];
  const all = value.scalar === undefined ? value.items() : [value];
  return all.flatMap(({ scalar }) => (scalar == null ? [] : [String(scalar)]));
}

function isAll(patterns: readonly string[]): boolean {
  return patterns.includes("**") && !patterns.some((one) => one.startsWith("!"));
}

/** Conditions that hold wherever the step or job would run without them, or that only ask what went before. */
const holding = /^(?:always|success|failure)\(\)$|^!\s*cancelled\(\)$|^true$/iu;

interface Conditioned {
  readonly workflow: Workflow;
  readonly job: string;
  readonly gate: string;
  readonly text: string;
  readonly at: Place;
}

/** Gates that ran unconditionally, or under a milder condition, and run under one more from now on. What never holds is told as softened. */
function* conditioned(jobs: readonly JobChange[]): Generator<Conditioned> {
  for (const { before, after } of jobs) {
    if (before === null || after === null) continue;
    const [gate] = gatesOf({ ...after.workflow, jobs: [after.job] }).filter(({ softened }) => softened === null);
    if (gate === undefined || gatesOf({ ...before.workflow, jobs: [before.job] }).length === 0) continue;
    const common = { workflow: after.workflow, job: after.job.id };
    const whole = stricter(before.job.condition, after.job.condition);
    if (whole !== null) yield { ...common, ...whole, gate: gate.text };
    const steps = pairSteps(before.job.steps, after.job.steps);
    for (const step of after.job.steps) {
      const [own] = gatesOf({ ...after.workflow, jobs: [{ ...after.job, steps: [step] }] });
      const former = steps.get(step);
      if (own === undefined || own.softened !== null || former === undefined) continue;
      const condition = stricter(former.condition, step.condition);
      if (condition !== null) yield { ...common, ...condition, gate: own.text };
    }
  }
}

/** The condition after, where it may hold less often than before; null where it is the same, is gone or lets more in. */
function stricter(before: Job["condition"], after: Job["condition"]): Job["condition"] {
  if (after === null || holding.test(after.text)) return null;
  if (before === null || holding.test(before.text)) return after;
  const plain = (text: string): string => text.replaceAll(/[\s()]+/gu, "");
  const [was, is] = [plain(before.text), plain(after.text)];
  const letsMoreIn =
    is === was ||
    is.startsWith(`${was}||`) ||
    is.endsWith(`||${was}`) ||
    was.startsWith(`${is}&&`) ||
    was.endsWith(`&&${is}`);
  return letsMoreIn ? null : after;
}
