import { z } from "zod";
import type { Observation } from "../../rule.ts";
import { defineRule } from "../../rule.ts";
import type { Value } from "../../views/value.ts";
import type { Placed } from "../../workflows/pairing.ts";
import type { Access } from "../../workflows/grant.ts";
import { effectiveAccess, isGrave, scopesOf, widens } from "../../workflows/permissions.ts";

type Said = Access | "the default";

/** Scopes that jobs may newly use, where that is said in one place. */
interface Widened {
  readonly at: Value;
  readonly scopes: Map<string, { readonly before: Said; readonly after: Said }>;
  readonly jobs: Set<string>;
  /** Whether the change says so in so many words; else one side is a default that nobody reads here. */
  readonly isCertain: boolean;
}

/** What one job may newly do with one scope. */
interface Step {
  readonly scope: string;
  readonly before: Said;
  readonly after: Said;
  readonly at: Value;
  readonly isCertain: boolean;
}

export default defineRule({
  id: "gha-permissions-widened",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary: "The token of a job may do more than before: a scope was raised, or the block that bounded it is gone.",
  why: "Every step of the job, and every action that it uses, holds that token. With it a build can push code, approve a change, publish a package or ask a cloud for credentials.",
  remedy:
    "Give the scope to the one job that needs it, and say of each job what it may do; `contents: read` is enough for most.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ jobs, changes }) {
    const found = new Map<string, Widened>();
    for (const { before, after } of jobs) {
      if (after === null || after.workflow.kind === "action") continue;
      const isNewFile = changes.some((change) => change.after === after.workflow && change.before === null);
      const former = before === null ? (isNewFile ? [] : formerlyIn(changes, after)) : [before];
      for (const { scope, before: was, after: is, at, isCertain } of widenedIn(former, after, before === null)) {
        const isKnown = was !== "unknown" && is !== "unknown";
        // What one block says is one finding, and so are jobs without any.
        const block = is === "the default" ? "" : after.job.permissionsFrom?.pointer;
        const key = `${at.place.path} ${block} ${isCertain && is === "write" && isGrave(scope)} ${isKnown}`;
        const known = found.get(key) ?? { at, scopes: new Map(), jobs: new Set(), isCertain };
        found.set(key, known);
        known.scopes.set(scope, { before: was, after: is });
        known.jobs.add(after.job.id);
      }
    }
    for (const one of found.values()) yield observationOf(one);
  },
  examples: {
    "a scope is raised for every job": `
      M .github/workflows/ci.yml
        on: push
        permissions:
      -   contents: read
      >   contents: write
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }
          test: { runs-on: ubuntu-latest, steps: [] }`,
    "a job may do more than the workflow": `
      M .github/workflows/ci.yml
        on: push
        permissions: { contents: read }
        jobs:
          build:
            runs-on: ubuntu-latest
      +     permissions:
      +       contents: read
      >       id-token: write
            steps: []`,
    everything: {
      change: `
      M .github/workflows/ci.yml
        on: push
      - permissions: read-all
      > permissions: write-all
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    },
    "the block is gone": {
      change: `
      M .github/workflows/ci.yml
        on: push
      - permissions:
      -   contents: write
        jobs:
      !   build: { runs-on: ubuntu-latest, steps: [] }`,
      // What the default was nobody can say: writing is asked for either way.
      reverse: "reports",
    },
    "a job that is renamed gets more": `
      M .github/workflows/ci.yml
        on: push
        permissions: { contents: read }
        jobs:
      -   build:
      +   compile:
            runs-on: ubuntu-latest
      +     permissions:
      +       contents: read
      >       packages: write
            steps:
              - run: make build
              - run: make package`,
    "a new job with the right to publish": `
      M .github/workflows/ci.yml
        on: push
        permissions: { contents: read }
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }
      +   publish:
      +     runs-on: ubuntu-latest
      +     permissions:
      >       packages: write
      +     steps:
      +       - run: make publish`,
    "a new workflow that may write": `
      A .github/workflows/label.yml
        on: pull_request
        permissions:
      >   pull-requests: write
        jobs:
          label: { runs-on: ubuntu-latest, steps: [] }`,
    "the block moves to the jobs and bounds them": `
      M .github/workflows/ci.yml
        on: push
      - permissions: { contents: write, packages: write }
      + permissions: {}
        jobs:
          build:
            runs-on: ubuntu-latest
      +     permissions: { contents: write }
            steps: []
          publish:
            runs-on: ubuntu-latest
      +     permissions: { packages: write }
            steps: []`,
    "what had no bound gets one": `
      M .github/workflows/ci.yml
        on: push
      + permissions: { contents: read }
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    "write-all becomes a list": `
      M .github/workflows/ci.yml
        on: push
      - permissions: write-all
      + permissions: { contents: write, issues: write }
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }`,
    "a job goes to another file with its token": `
      M .github/workflows/ci.yml
        on: push
        permissions: { contents: read }
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }
      -   publish:
      -     runs-on: ubuntu-latest
      -     permissions: { packages: write }
      -     steps:
      -       - run: make publish
      A .github/workflows/publish.yml
        on: push
        permissions: {}
        jobs:
          publish:
            runs-on: ubuntu-latest
            permissions: { packages: write }
            steps:
              - run: make publish`,
    "a new job that reads": `
      M .github/workflows/ci.yml
        on: push
        permissions: {}
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }
      +   test:
      +     runs-on: ubuntu-latest
      +     permissions: { contents: read }
      +     steps: [{ run: make test }]`,
    "a new job under the same block": `
      M .github/workflows/ci.yml
        on: push
        permissions: { contents: write }
        jobs:
          build: { runs-on: ubuntu-latest, steps: [] }
      +   release:
      +     runs-on: ubuntu-latest
      +     steps:
      +       - run: make release`,
  },
});

/** The jobs that stood in the file before: a new job is no news in what one of them had already. */
function formerlyIn(
  changes: readonly { readonly before: Placed["workflow"] | null; readonly after: Placed["workflow"] | null }[],
  { workflow }: Placed,
): readonly Placed[] {
  const former = changes.find(({ after }) => after === workflow)?.before ?? null;
  return former?.jobs.map((job) => ({ workflow: former, job })) ?? [];
}

function* widenedIn(former: readonly Placed[], { workflow, job }: Placed, isNew: boolean): Generator<Step> {
  const { permissions: after, permissionsFrom } = job;
  for (const scope of scopesOf(...former.map((one) => one.job.permissions), after)) {
    const granted = effectiveAccess(workflow, job, scope);
    const accessOf = (one: Placed): Access => effectiveAccess(one.workflow, one.job, scope);
    // Of several the one that allowed most: nothing may be new about any of them.
    const stood = former.find((one) => widens(accessOf(one), granted) === false);
    const isFromDefault = stood?.job.permissions.kind === "default" && after.kind !== "default" && granted === "write";
    if (stood !== undefined && !isFromDefault) continue;
    const [first] = former;
    // A job that is new, and only reads, does nothing that a new job does not do.
    if (isNew && granted === "read") continue;
    const before = isFromDefault ? "the default" : first === undefined ? "none" : accessOf(first);
    if (before === granted) continue;
    const written = after.kind === "scopes" ? after.scopes.get(scope)?.value : undefined;
    yield {
      scope,
      before,
      after: after.kind === "default" ? "the default" : granted,
      at: written ?? permissionsFrom ?? job.root,
      isCertain: !isFromDefault && first !== undefined && after.kind !== "default",
    };
  }
}

function observationOf({ scopes, at, jobs, isCertain }: Widened): Observation {
  const [first, ...more] = [...scopes];
  const [scope, { before, after }] = first ?? ["", { before: "none", after: "none" }];
  const whose = `job \`${[...jobs].join("`, `")}\``;
  const about = `${at.place.path}#${[...jobs].toSorted().join(",")}.permissions${more.length === 0 ? `.${scope}` : ""}`;
  if (before === "unknown" || after === "unknown") {
    const unknown = [...scopes.keys()].join("`, `");
    return { at: at.place, about, undecided: `what the token of ${whose} may do with \`${unknown}\`` };
  }
  const isGrown = isCertain && after === "write" && isGrave(scope);
  return {
    at: at.place,
    about,
    message: after === "the default" ? `${formerText(scopes)} for ${whose}` : `${grownText(scopes)} for ${whose}`,
    ...(isGrown ? {} : { asks: true as const }),
    pointer: at.pointer,
    ...(more.length === 0 ? { before, after } : {}),
  };
}

/** `contents` read → write, `packages` none → write. What grows alike stands together. */
function grownText(scopes: Widened["scopes"]): string {
  const alike = new Map<string, string[]>();
  for (const [scope, { before, after }] of scopes) {
    const step = `${before} → ${after}`;
    alike.set(step, [...(alike.get(step) ?? []), `\`${scope}\``]);
  }
  return [...alike].map(([step, names]) => `${names.join(", ")} ${step}`).join("; ");
}

/** Without a block the settings of the repository decide, which no file shows: the most they may be is said. */
function formerText(scopes: Widened["scopes"]): string {
  const held = [...scopes]
    .filter(([, { before }]) => before !== "none")
    .map(([scope, { before }]) => `\`${scope}: ${before}\``);
  const was = held.length === 0 ? "" : `, in place of ${held.join(", ")}`;
  return `no \`permissions\` bound the token: the default of the repository does, at most \`write\` for ${scopes.size} scopes${was},`;
}
