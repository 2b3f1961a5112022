import { z } from "zod";
import { count } from "../../../lib/text.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { arrivalOf, environmentsReached, unresolvedFiles } from "../../views/reached.ts";

export default defineRule({
  id: "reaches-production",
  invariant: "production-is-unchanged",
  severity: "medium",
  confidence: "high",
  summary: "The change reaches production.",
  why: "What decides is what would run differently after the merge, not the folder in which a file lies.",
  remedy: "Have people accept it, or split off what production does not need.",
  needs: "paths",
  options: z.strictObject({}),
  clearedBy: "people",
  yieldsTo: "reaches-production-with-staging",
  *detect({ files }, _, context) {
    const reached = environmentsReached(files, context);
    const told = new Set<string>();
    for (const { environment, arrivals } of reached) {
      if (environment.tier !== "production") continue;
      for (const { file } of arrivals) told.add(file.path);
      const [first, ...others] = arrivals;
      if (first === undefined) continue;
      const through = arrivalOf(first);
      yield {
        at: placeOf(first.file),
        paths: others.map(({ file }) => file.path),
        about: `environment ${environment.name}`,
        message: `\`${environment.name}\` is reached by ${filesOf(arrivals.length, first.file.path)}${through === null ? "" : ` → \`${through}\``}`,
      };
    }
    const [first, ...others] = unresolvedFiles(files, context).filter(({ path }) => !told.has(path));
    if (first === undefined) return;
    yield {
      at: placeOf(first),
      paths: others.map(({ path }) => path),
      about: "consumers not found",
      message: `nothing tells which environment ${filesOf(others.length + 1, first.path)} would reach: it counts as production`,
      remedy:
        "Name the environment in `layout` or `environments` of the policy, or call the module from a root that has one.",
    };
  },
  examples: {
    "a file of production": {
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      > replicas: 4
      A k8s/production/new.yaml
        replicas: 3`,
      reverse: "reports",
    },
    "another name of production in capitals": {
      change: `
      M deploy/PROD/api.yaml
      - replicas: 3
      > replicas: 4`,
      reverse: "reports",
    },
    "a module that production calls": {
      change: `
      M terraform/modules/shared/main.tf
        resource "aws_sqs_queue" "jobs" {
      -   delay_seconds = 1
      >   delay_seconds = 2
        }
      = terraform/live/main.tf
        module "shared" {
          source = "../modules/shared"
        }`,
      reverse: "reports",
    },
    "a switch of a module that nobody can tell": {
      change: `
      M terraform/modules/shared/main.tf
      > variable "delayed" {
      +   default = false
      + }
        resource "aws_sqs_queue" "jobs" {
      -   delay_seconds = 1
      +   delay_seconds = var.delayed ? 2 : 1
        }
      = terraform/live/main.tf
        variable "delayed" {
          default = false
        }
        module "shared" {
          source  = "../modules/shared"
          delayed = var.delayed
        }`,
      reverse: "reports",
    },
    "a module that nobody is known to call": {
      change: `
      M terraform/modules/lonely/main.tf
        locals {
      -   size = 1
      >   size = 2
        }`,
      reverse: "reports",
    },
    "a manifest and a chart that name no environment": {
      change: `
      M charts/api/Chart.yaml
      - version: 1.0.0
      > version: 1.0.1
      M charts/api/templates/_helpers.tpl
      - {{- define "name" }}a{{ end }}
      + {{- define "name" }}b{{ end }}
      M k8s/api.yaml
        apiVersion: v1
        kind: Service
        metadata: { name: api }
        spec:
      -   type: ClusterIP
      +   type: NodePort`,
      reverse: "reports",
    },
    "staging as well": {
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      > replicas: 4
      M k8s/staging/api.yaml
      - replicas: 3
      + replicas: 4`,
      reverse: "reports",
    },
    "a module of production gets what is switched off there": `
      M terraform/modules/shared/main.tf
      + variable "index" {
      +   default = false
      + }
      + resource "aws_sqs_queue" "index" {
      +   count = var.index ? 1 : 0
      + }
        resource "aws_sqs_queue" "jobs" {
      -   delay_seconds = 1
      +   delay_seconds = var.index ? 2 : 1
        }
      = terraform/live/main.tf
        module "shared" {
          source = "../modules/shared"
        }`,
    "staging only": `
      M k8s/staging/api.yaml
      - replicas: 3
      + replicas: 4`,
    "a chart's examples": `
      M examples/charts/api/Chart.yaml
      - version: 1.0.0
      + version: 1.0.1`,
    "code with a word for production in its path": `
      M src/live/prod.ts
      - export const size = 1;
      + export const size = 2;`,
    "documentation about production": `
      M docs/production/setup.md
      - Three replicas.
      + Four replicas.`,
  },
});

function filesOf(number: number, first: string): string {
  return number === 1 ? `\`${first}\`` : `${count(number, "file")} (first \`${first}\`)`;
}
