import type { Command } from "commander";
import type { PlannedAt } from "../core/policy/origins.ts";
import { policyPaths } from "../core/policy/places.ts";
import type { PolicyReading, PolicySource } from "../core/policy/reading.ts";
import { exitCodes, type Io } from "./io.ts";
import type { LocalPort } from "./ports.ts";

const usual = policyPaths.repository;
const usualOperations = policyPaths.operations;

interface Options {
  readonly organisation?: string;
  readonly operations?: string;
}

/** `sallyport policy validate|show`. */
export function register(program: Command, io: Io, local: LocalPort): void {
  const policy = program.command("policy").description("Read policy files.");
  policy
    .command("validate")
    .description("Say whether policy files can be read and joined; every mistake with its place and a remedy.")
    .argument("[file]", `the repository's policy file (default: ${usual}), or its operations.yml alone`)
    .option("--organisation <file>", "the organisation's policy file, alone or joined with the repository's")
    .option("--operations <file>", operationsSay)
    .action(async (file: string | undefined, options: Options) => {
      const { reading } = await read(local, asOperations(file, options), needsNone(file, options) ? "absent" : "wrong");
      io.exitWith(
        tell(reading, io, ({ sources, digest }) => `${sources.join(" and ")}: valid, digest ${short(digest)}\n`),
      );
    });
  policy
    .command("show")
    .description("Print what the files mean together, with every default filled in, as JSON.")
    .argument("[file]", `the repository's policy file (default: ${usual} where it exists, else the strict default)`)
    .option("--effective", "the joined policy; the only view there is, so it may be left out")
    .option("--organisation <file>", "the organisation's policy file, which is joined with it")
    .option("--operations <file>", operationsSay)
    .addHelpText("after", "\nIn force is what stands on the base branch; this reads the files as they are here.")
    .action(async (file: string | undefined, options: Options) => {
      const { canonicalJson } = await import("../lib/canonical-json.ts");
      const { reading, planned } = await read(local, asOperations(file, options), "absent");
      io.exitWith(
        tell(reading, io, ({ sources, digest, policy: effective }) => {
          const shown: unknown = JSON.parse(canonicalJson(exactNumbers(effective)));
          return `${JSON.stringify({ sources, digest, policy: shown, operations: planned.map(told) }, null, 2)}\n`;
        }),
      );
    });
}

function tell(reading: PolicyReading, io: Io, valid: (reading: PolicyReading) => string): number {
  if (reading.errors.length === 0) {
    io.out(valid(reading));
    return exitCodes.ok;
  }
  io.err(reading.errors.map((error) => `${error}\n`).join(""));
  return exitCodes.invalid;
}

const operationsSay = `the repository's planned operations (default: ${usualOperations} where no policy file is named)`;

interface Asked extends Options {
  readonly file: string | undefined;
}

/** A service team has its own file read by naming it, like any other. */
function asOperations(file: string | undefined, options: Options): Asked {
  return isOperations(file) ? { ...options, file: undefined, operations: file } : { ...options, file };
}

function isOperations(file: string | undefined): file is string {
  return file !== undefined && /(?:^|[\\/])operations\.ya?ml$/u.test(file);
}

/** Whether other files than the repository's policy were named, and so it may be absent. */
function needsNone(file: string | undefined, { organisation, operations }: Options): boolean {
  return isOperations(file) || organisation !== undefined || operations !== undefined;
}

/** Where a planned operation comes from, for the reader. */
function told({ operation: { type, services, action }, at }: PlannedAt): object {
  return { type, services, action, stated_at: at };
}

/** A file that a person named must exist; `missing` is for the one at the usual place. */
async function read(
  local: LocalPort,
  { file, organisation, operations }: Asked,
  missing: "absent" | "wrong",
): Promise<{ readonly reading: PolicyReading; readonly planned: readonly PlannedAt[] }> {
  const { readPolicies } = await import("../core/policy/reading.ts");
  const { operationOrigins } = await import("../core/policy/origins.ts");
  const { rules } = await import("../core/rules/index.ts");
  const sources: PolicySource[] = [];
  if (organisation !== undefined) sources.push(await local.readPolicy("organisation", organisation, "wrong"));
  sources.push(await local.readPolicy("repository", file ?? usual, file === undefined ? missing : "wrong"));
  if (operations !== undefined) sources.push(await local.readPolicy("operations", operations, "wrong"));
  else if (file === undefined) sources.push(await local.readPolicy("operations", usualOperations, "absent"));
  return { reading: readPolicies(sources, rules), planned: operationOrigins(sources, rules) };
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

/** Exact quantities as people write them: 3/2 rather than two big integers. */
function exactNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(exactNumbers);
  if (typeof value !== "object" || value === null) return value;
  if ("numerator" in value && "denominator" in value) {
    const [numerator, denominator] = [String(value.numerator), String(value.denominator)];
    return denominator === "1" ? numerator : `${numerator}/${denominator}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, exactNumbers(inner)]));
}
