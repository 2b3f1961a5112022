import { z } from "zod";
import { count } from "../../../lib/text.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { loosening } from "../../policy/patterns.ts";
import { type Context, defineRule, type Sighting } from "../../rule.ts";
import { environmentsReached, unresolvedFiles } from "../../views/reached.ts";

export default defineRule({
  id: "outside-declared-plan",
  invariant: "within-declared-plan",
  severity: "medium",
  confidence: "high",
  summary: "The change does more than the plan in the pull request's description declares.",
  why: "Scope that grows after a step has failed is how an agent ends up with a change that nobody asked for.",
  remedy: "Keep to the plan; or declare what the change does, which voids the approvals given to the plan before.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }, _, context) {
    if (context.plan === null) return;
    yield* outsidePaths(files, context.plan.paths);
    if (context.plan.environments !== null) yield* outsideEnvironments(files, context.plan.environments, context);
    if (context.plan.services !== null) yield* outsideServices(files, context.plan.services, context);
    if (context.plan.kinds !== null) yield* outsideKinds(files, context.plan.kinds, context);
  },
  examples: {
    "a file that no pattern names": {
      plan: 'paths: ["services/api/**"]',
      change: `
      M services/api/main.go
      - one
      + two
      > A web/styles/site.css
        a { color: red }`,
      reverse: "reports",
    },
    "capitals are not the name that is declared": {
      plan: 'paths: ["services/api/**"]',
      change: `
      > A Services/api/main.go
        package main`,
      reverse: "reports",
    },
    "a file is moved out of what is declared": {
      plan: 'paths: ["services/api/**"]',
      change: `
      D services/api/main.go
        package main
      > A services/web/main.go
        package main`,
      reverse: "reports",
    },
    "a file is moved into what is declared": {
      plan: 'paths: ["services/api/**"]',
      change: `
      > D services/web/main.go
        package main
      A services/api/main.go
        package main`,
      reverse: "reports",
    },
    "an environment that is not declared": {
      plan: `
        paths: ["k8s/**"]
        environments: [staging]`,
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      > replicas: 4
      M k8s/staging/api.yaml
      - replicas: 3
      + replicas: 4`,
      reverse: "reports",
    },
    "a module that nobody is known to call": {
      plan: `
        paths: ["terraform/**"]
        environments: [staging]`,
      change: `
      M terraform/modules/lonely/main.tf
        locals {
      -   size = 1
      >   size = 2
        }`,
      reverse: "reports",
    },
    "a service that is not declared": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/{service}/**"]`,
      plan: `
        paths: ["k8s/**"]
        services: [api]`,
      change: `
      M k8s/staging/api/values.yaml
      - replicas: 3
      + replicas: 4
      M k8s/staging/web/values.yaml
      - replicas: 3
      > replicas: 4`,
      reverse: "reports",
    },
    "a kind of change that is not declared": {
      plan: `
        paths: ["**"]
        kinds: [docs]`,
      change: `
      M README.md
      - One.
      + Two.
      > A .github/workflows/build.yml
        on: push`,
      reverse: "reports",
    },
    "all that it does is declared": {
      policy: `
        version: 1
        layout: ["k8s/{environment}/{service}/**"]`,
      plan: `
        paths: ["k8s/staging/**"]
        environments: [staging]
        services: [api]
        kinds: [scale, config]`,
      change: `
      M k8s/staging/api/deployment.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 4`,
    },
    "another name of an environment that is declared": {
      plan: `
        paths: ["k8s/**"]
        environments: [prod]`,
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      + replicas: 4`,
    },
    "what the plan leaves out is not bounded": {
      plan: 'paths: ["k8s/**"]',
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      + replicas: 4`,
    },
    "no plan is declared": `
      M k8s/production/api.yaml
      - replicas: 3
      + replicas: 4`,
  },
});

type Files = readonly ChangedFile[];

function* outsidePaths(files: Files, declared: readonly string[]): Generator<Sighting> {
  const within = loosening(declared);
  const outside = files.filter(({ path }) => !within(path));
  const [first, ...others] = outside;
  if (first === undefined) return;
  yield {
    at: placeOf(first),
    paths: others.map(({ path }) => path),
    about: "paths",
    message: `${count(outside.length, "file")} outside the declared plan, first \`${first.path}\``,
  };
}

function* outsideEnvironments(files: Files, declared: readonly string[], context: Context): Generator<Sighting> {
  const undeclared = Object.values(context.policy.environments).filter(
    ({ name, aliases }) => ![name, ...aliases].some((one) => declared.includes(one)),
  );
  for (const { environment, arrivals } of environmentsReached(files, context)) {
    if (!undeclared.includes(environment)) continue;
    const reaching = arrivals.map(({ file }) => file);
    yield* undeclaredPart("environment", environment.name, reaching);
  }
  const productions = undeclared.filter(({ tier }) => tier === "production").map(({ name }) => `\`${name}\``);
  const [first, ...others] = productions.length === 0 ? [] : unresolvedFiles(files, context);
  if (first === undefined) return;
  yield {
    at: placeOf(first),
    paths: others.map(({ path }) => path),
    about: "consumers not found",
    message: `nothing tells which environment ${filesOf([first, ...others])} would reach, and the declared plan leaves out ${productions.join(", ")}`,
  };
}

function* outsideServices(files: Files, declared: readonly string[], context: Context): Generator<Sighting> {
  const named = files.map((file) => {
    const { services, targets } = context.reach(file.path);
    return { file, services: [...services, ...targets.flatMap(({ service }) => service ?? [])] };
  });
  for (const service of new Set(named.flatMap(({ services }) => services).toSorted())) {
    if (declared.includes(service)) continue;
    const reaching = named.filter(({ services }) => services.includes(service)).map(({ file }) => file);
    yield* undeclaredPart("service", service, reaching);
  }
}

function* outsideKinds(files: Files, declared: readonly string[], { kinds }: Context): Generator<Sighting> {
  for (const kind of new Set(kinds.map((evidence) => evidence.kind))) {
    if (declared.includes(kind)) continue;
    const [first, ...others] = kinds.filter((evidence) => evidence.kind === kind);
    if (first === undefined) continue;
    const { path, side, line, because } = first;
    const file = files.find((one) => one.path === path);
    yield {
      // Evidence may stand in a file that did not change itself: what a symbolic link leads to.
      at: file === undefined ? { path, side, line: line ?? 1 } : placeOf(file),
      paths: others.map((evidence) => evidence.path),
      about: `kind ${kind}`,
      message: `kind of change \`${kind}\` is not in the declared plan: ${because}, \`${path}\``,
    };
  }
}

/** One finding for what is reached and not declared, at the first file that reaches it. */
function* undeclaredPart(part: string, named: string, files: Files): Generator<Sighting> {
  const [first, ...others] = files;
  if (first === undefined) return;
  yield {
    at: placeOf(first),
    paths: others.map(({ path }) => path),
    about: `${part} ${named}`,
    message: `${part} \`${named}\` is not in the declared plan, and ${filesOf(files)} reaches it`,
  };
}

function filesOf(files: Files): string {
  const first = `\`${files[0]?.path ?? ""}\``;
  return files.length === 1 ? first : `${count(files.length, "file")} (first ${first})`;
}
