import { z } from "zod";
import { count } from "../../../lib/text.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { type Context, defineRule, type Sighting } from "../../rule.ts";
import { type Arrival, arrivalOf } from "../../views/reached.ts";

const policy = `
  version: 1
  environments:
    staging: { forbids: [ingress, secrets] }
    production: { forbids: [scale] }`;

export default defineRule({
  id: "kind-forbidden-here",
  invariant: "blast-radius-is-bounded",
  severity: "high",
  confidence: "high",
  summary: "The change is of a kind that the policy forbids in an environment that it reaches.",
  why: "What an agent may do in one environment it may not do in another, and the folder of a file does not tell which of them it reaches.",
  remedy: "Leave this part out of the change; what has to change there is for a person to do.",
  needs: "paths",
  options: z.strictObject({}),
  always: "block",
  *detect({ files }, _, context) {
    for (const environment of Object.values(context.policy.environments)) {
      for (const kind of environment.forbids) {
        const found = context.kinds.flatMap((evidence) => {
          const how = evidence.kind === kind ? arrivalAt(environment, evidence, files, context) : null;
          return how === null ? [] : [{ evidence, how }];
        });
        const [first, ...others] = found;
        if (first === undefined) continue;
        const { evidence, how } = first;
        const more = others.length === 0 ? "" : `; ${count(others.length, "more file")} as well`;
        yield {
          at: placeIn(evidence, files),
          paths: [evidence, ...others.map((other) => other.evidence)].map(({ path }) => path),
          about: `kind ${kind} in ${environment.name}`,
          message: `\`${environment.name}\` forbids the kind \`${kind}\`: ${evidence.because}, \`${evidence.path}\`${how}${more}`,
          boundsFrom: [{ key: `environments.${environment.name}.forbids`, value: kind }],
        };
      }
    }
  },
  examples: {
    "replicas where nothing may be scaled": {
      policy,
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      >   replicas: 17`,
      reverse: "reports",
    },
    "a new ingress, and another name of the environment": {
      policy,
      change: `
      A k8s/stg/web.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
      > metadata: { name: web }
        spec: { rules: [] }`,
      reverse: "reports",
    },
    "a module that the environment calls": {
      policy: `
        version: 1
        environments: { production: { forbids: [database] } }`,
      change: `
      M terraform/modules/shared/database.tf
      > resource "aws_db_instance" "users" {
      -   instance_class = "db.t3.small"
      +   instance_class = "db.t3.large"
        }
      = terraform/production/main.tf
        module "shared" {
          source = "../modules/shared"
        }`,
      reverse: "reports",
    },
    "a module that nobody is known to call may be production's": {
      policy: `
        version: 1
        environments: { production: { forbids: [database] } }`,
      change: `
      M terraform/modules/lonely/database.tf
      > resource "aws_db_instance" "users" {
      -   instance_class = "db.t3.small"
      +   instance_class = "db.t3.large"
        }`,
      reverse: "reports",
    },
    "two environments and two kinds, each told by itself": {
      policy,
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 17
      >   replicas: 3
      M k8s/staging/secret.yaml
        apiVersion: v1
        kind: Secret
        metadata: { name: api }
      - data: { a: b }
      > data: { a: c }`,
      reverse: "reports",
    },
    "the kind where it is not forbidden": {
      policy,
      change: `
      M k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 17`,
    },
    "another kind where one is forbidden": {
      policy,
      change: `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
          replicas: 3
          template: { spec: { containers: [{ name: api,
      -     image: "api:1"
      +     image: "api:2"
          }] } }`,
    },
    "the kind in one environment and a harmless file in the one that forbids it": {
      policy,
      change: `
      M k8s/staging/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 17
      M k8s/production/notes.md
      - Three.
      + Four.`,
    },
    "nothing is forbidden anywhere": `
      M k8s/production/api.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: api }
        spec:
      -   replicas: 3
      +   replicas: 17`,
  },
});

type Environment = Context["policy"]["environments"][string];
type KindEvidence = Context["kinds"][number];
type Files = readonly ChangedFile[];

/** How what the evidence shows gets to the environment, as the end of a sentence; null where it does not. */
function arrivalAt(environment: Environment, evidence: KindEvidence, files: Files, context: Context): string | null {
  const own = files.filter(({ path }) => path === evidence.path);
  // Evidence may stand in a file that did not change itself: then any changed file may be what leads to it.
  const leading = own.length > 0 ? own : files;
  const here = (path: string): Arrival["targets"] =>
    context.reach(path).targets.filter((target) => target.environment === environment.name);
  if (own.length === 0 && here(evidence.path).length > 0) return "";
  const arrivals = leading.map((file): Arrival => ({ file, targets: here(file.path) }));
  const arrival = arrivals.find(({ targets }) => targets.length > 0);
  if (arrival !== undefined) {
    const through = arrivalOf(arrival);
    return through === null ? "" : ` → \`${through}\``;
  }
  const feared = environment.tier === "production" && leading.some(({ path }) => context.reach(path).unresolved);
  return feared ? " (nothing tells which environment it would reach: it counts as production)" : null;
}

function placeIn({ path, side, line }: KindEvidence, files: Files): Sighting["at"] {
  const file = files.find((one) => one.path === path);
  if (line !== null || file === undefined) return { path, side, line: line ?? 1 };
  return placeOf(file);
}
