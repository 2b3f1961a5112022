import { z } from "zod";
import { count } from "../../../lib/text.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { type Arrival, arrivalOf, environmentsReached, type Reached } from "../../views/reached.ts";
import { directoryOf, isTerraform } from "../../views/terraform.ts";

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
      const { arrival, other } = meeting(production, staging);
      const paths = new Set([production, ...staging].flatMap(({ arrivals }) => arrivals.map((one) => one.file.path)));
      const module = arrivalOf(arrival) !== null;
      yield {
        at: placeOf(arrival.file),
        paths: [...paths],
        about: `environment ${name}`,
        message: `one merge reaches \`${name}\` and \`${other.environment}\` ${meansOf(arrival, other.arrival)}; ${waysOf(name, arrival, other)}${paths.size > 1 ? ` (${count(paths.size, "file")} in all)` : ""}`,
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
    "the module gets the switch, and staging turns it on": `
      M terraform/modules/shared/database.tf
      + variable "users_index" {
      +   default = false
      + }
        resource "aws_dynamodb_table" "users" {
          hash_key = "id"
      +   dynamic "global_secondary_index" {
      +     for_each = var.users_index ? ["email"] : []
      +     content {
      +       name = global_secondary_index.value
      +     }
      +   }
        }
      M terraform/staging/main.tf
        module "shared" {
          source = "../modules/shared"
      +   users_index = true
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

/** How the change arrives at an environment of staging. */
interface Other {
  readonly environment: string;
  readonly arrival: Arrival;
}

/** The file to show: one that reaches both if there is one, else the first that reaches production. */
function meeting(
  production: Reached,
  staging: readonly Reached[],
): { readonly arrival: Arrival; readonly other: Other } {
  const others = staging.flatMap(({ environment, arrivals }) =>
    arrivals.map((arrival): Other => ({ environment: environment.name, arrival })),
  );
  const byFile = new Map(others.toReversed().map((other) => [other.arrival.file, other]));
  for (const arrival of production.arrivals) {
    const other = byFile.get(arrival.file);
    if (other !== undefined) return { arrival, other };
  }
  const [[arrival], [other]] = [production.arrivals, others];
  if (arrival === undefined || other === undefined)
    throw new Error("Cannot name the files: an environment counts as reached by none");
  return { arrival, other };
}

/** The short of it: the module in which both ways begin, or the file; the files where each environment has its own. */
function meansOf(production: Arrival, staging: Arrival): string {
  if (production.file !== staging.file) return "with files of each";
  const [module, same] = [moduleOf(production), moduleOf(staging)];
  return `through \`${module !== null && module === same ? module : production.file.path}\``;
}

/** The folder of the module that the changed file is part of, where a call of it is what leads on; null elsewhere. */
function moduleOf({ file, targets }: Arrival): string | null {
  const next = targets[0]?.chain[1];
  if (next === undefined || next.path === file.path) return null;
  if (next.path.endsWith("/")) return next.path.slice(0, -1);
  return isTerraform(file.path) && directoryOf(file.path) !== "" ? directoryOf(file.path) : null;
}

function waysOf(production: string, arrival: Arrival, other: Other): string {
  if (arrival.file !== other.arrival.file)
    return `\`${production}\` with ${wayOf(arrival)}, \`${other.environment}\` with ${wayOf(other.arrival)}`;
  const ends = [arrivalOf(arrival), arrivalOf(other.arrival)].flatMap((end) => (end === null ? [] : `\`${end}\``));
  return `${startOf(arrival)}${ends.length === 0 ? "" : ` → ${ends.join(" and ")}`}`;
}

function wayOf(arrival: Arrival): string {
  const end = arrivalOf(arrival);
  return `${startOf(arrival)}${end === null ? "" : ` → \`${end}\``}`;
}

function startOf({ file }: Arrival): string {
  return `\`${file.path}:${placeOf(file).line}\``;
}

function moduleRemedy(production: string): string {
  return `Give the module a switch that is off by default and turn it on in staging only, or pin \`${production}\` to the module's current version; \`${production}\` follows in a second pull request.`;
}
