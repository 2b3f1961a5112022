import type { Command } from "commander";
import type { PolicyReading, PolicySource } from "../core/policy/reading.ts";
import { exitCodes, type Io } from "./io.ts";
import type { LocalPort } from "./ports.ts";

const usual = ".github/sallyport.yml";

interface Options {
  readonly organisation?: string;
}

/** `sallyport policy validate|show`. */
export function register(program: Command, io: Io, local: LocalPort): void {
  const policy = program.command("policy").description("Read policy files.");
  policy
    .command("validate")
    .description("Say whether policy files can be read and joined; every mistake with its place and a remedy.")
    .argument("[file]", `the repository's policy file (default: ${usual})`)
    .option("--organisation <file>", "the organisation's policy file, alone or joined with the repository's")
    .action(async (file: string | undefined, options: Options) => {
      const reading = await read(local, file, options, options.organisation === undefined ? "wrong" : "absent");
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
    .addHelpText("after", "\nIn force is what stands on the base branch; this reads the files as they are here.")
    .action(async (file: string | undefined, options: Options) => {
      const { canonicalJson } = await import("../lib/canonical-json.ts");
      const reading = await read(local, file, options, "absent");
      io.exitWith(
        tell(reading, io, ({ sources, digest, policy: effective }) => {
          const shown: unknown = JSON.parse(canonicalJson(exactNumbers(effective)));
          return `${JSON.stringify({ sources, digest, policy: shown }, null, 2)}\n`;
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

/** A file that a person named must exist; `missing` is for the one at the usual place. */
async function read(
  local: LocalPort,
  file: string | undefined,
  { organisation }: Options,
  missing: "absent" | "wrong",
): Promise<PolicyReading> {
  const { readPolicies } = await import("../core/policy/reading.ts");
  const { rules } = await import("../core/rules/index.ts");
  const sources: PolicySource[] = [];
  if (organisation !== undefined) sources.push(await local.readPolicy("organisation", organisation, "wrong"));
  sources.push(await local.readPolicy("repository", file ?? usual, file === undefined ? missing : "wrong"));
  return readPolicies(sources, rules);
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
