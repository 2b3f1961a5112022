import { z } from "zod";
import { count } from "../../../lib/text.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { type Arrival, arrivalOf, environmentsReached, type Reached } from "../../views/reached.ts";

export default defineRule({
  id: "reaches-production-with-staging",
  invariant: "production-is-unchanged",
  severity: "high",
  confidence: "high",
  summary: "One merge reaches staging and production together.",
  why: "Whoever applies after this merge applies to both: staging cannot catch what production gets at the same moment.",
  remedy: "Split it: change staging in this pull request, and production in a second one when staging has run with it.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }, _, context) {
    const reached = environmentsReached(files, context);
    for (const production of reached) {
      const { name, tier, togetherWithStaging } = production.environment;
      const staging = reached.filter(({ environment }) => environment.staging && environment.name !== name);
      if (tier !== "production" || togetherWithStaging === "off" || staging.length === 0) continue;
      const { file, arrival, other } = meeting(production, staging);
      const paths = new Set([production, ...staging].flatMap(({ arrivals }) => arrivals.map((one) => one.file.path)));
      const module = arrivalOf(arrival) !== null;
      yield {
        at: placeOf(file),
        paths: [...paths],
        about: `environment ${name}`,
        message: `\`${file.path}\` reaches \`${name}\`${way(arrival)}; the same merge reaches ${other}${paths.size > 1 ? ` (${count(paths.size, "file")} in all)` : ""}`,
        ...(togetherWithStaging === "block" ? { blocks: true as const } : {}),
        boundsFrom: [{ key: `environments.${name}.together_with_staging`, value: togetherWithStaging }],
        ...(module ? { remedy: moduleRemedy(name) } : {}),
      };
    }
  },
  examples: {
    "a module that both call": {
      change: `
      M terraform/modules/shared/database.tf
        resource "aws_dynamodb_table" "users" {
          hash_key = "id"
      >   read_capacity = 50
        }
      = terraform/production/main.tf
        module "shared" {
          source = "../modules/shared"
        }
      = terraform/staging/main.tf
        module "shared" {
          source = "../modules/shared"
        }`,
      reverse: "reports",
    },
    "two files, one for each": {
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      > replicas: 4
      M k8s/staging/api.yaml
      - replicas: 3
      + replicas: 4`,
      reverse: "reports",
    },
    "the policy minds more than usual": {
      policy: `
        version: 1
        environments: { production: { together_with_staging: block } }`,
      change: `
      M k8s/prod/api.yaml
      - replicas: 3
      > replicas: 4
      M k8s/stg/api.yaml
      - replicas: 3
      + replicas: 4`,
      reverse: "reports",
    },
    "production only": `
      M k8s/production/api.yaml
      - replicas: 3
      + replicas: 4`,
    "the module is switched on in staging only": `
      M terraform/staging/main.tf
        module "shared" {
          source = "../modules/shared"
      +   users_index = true
        }
      = terraform/modules/shared/database.tf
        variable "users_index" {
          default = false
        }
      = terraform/production/main.tf
        module "shared" {
          source = "../modules/shared"
        }`,
    "production calls another version": `
      M terraform/modules/shared/database.tf
        locals {
      -   size = 1
      +   size = 2
        }
      = terraform/production/main.tf
        module "shared" {
          source = "git::https://example.com/acme/infra.git//terraform/modules/shared?ref=v1.14.2"
        }
      = terraform/staging/main.tf
        module "shared" {
          source = "../modules/shared"
        }`,
    "development and production": `
      M k8s/production/api.yaml
      - replicas: 3
      + replicas: 4
      M k8s/development/api.yaml
      - replicas: 3
      + replicas: 4`,
    "the policy does not mind": {
      policy: `
        version: 1
        environments: { production: { together_with_staging: "off" } }`,
      change: `
      M k8s/production/api.yaml
      - replicas: 3
      + replicas: 4
      M k8s/staging/api.yaml
      - replicas: 3
      + replicas: 4`,
    },
  },
});

/** The file to show: one that reaches both if there is one, else the first that reaches production. */
function meeting(
  production: Reached,
  staging: readonly Reached[],
): { readonly file: ChangedFile; readonly arrival: Arrival; readonly other: string } {
  const meetings = production.arrivals.flatMap((arrival) =>
    staging.flatMap(({ environment, arrivals }) => {
      const same = arrivals.find(({ file }) => file.path === arrival.file.path);
      return same === undefined ? [] : [{ arrival, other: `\`${environment.name}\`${way(same)}` }];
    }),
  );
  const apart = production.arrivals.flatMap((arrival) =>
    staging.flatMap(({ environment, arrivals }) =>
      arrivals.map((one) => ({ arrival, other: `\`${environment.name}\` with \`${one.file.path}\`${way(one)}` })),
    ),
  );
  const found = meetings[0] ?? apart[0];
  if (found === undefined) throw new Error("Cannot name the files: an environment counts as reached by none");
  return { ...found, file: found.arrival.file };
}

function way(arrival: Arrival): string {
  const through = arrivalOf(arrival);
  return through === null ? "" : ` through \`${through}\``;
}

function moduleRemedy(production: string): string {
  return `Give the module a switch that is off by default and turn it on in staging only, or pin \`${production}\` to the module's current version; \`${production}\` follows in a second pull request.`;
}
