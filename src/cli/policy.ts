import type { Command } from "commander";
import { canonicalJson } from "../lib/canonical-json.ts";
import { type PolicySource, readPolicies } from "../core/policy/reading.ts";
import { rules } from "../core/rules/index.ts";
import { exitCodes, type Io } from "./io.ts";
import type { LocalPort } from "./ports.ts";

const usual = ".github/sallyport.yml";

/** `sallyport policy validate|show`. */
export function register(program: Command, io: Io, local: LocalPort): void {
  const policy = program.command("policy").description("Read policy files.");
  policy
    .command("validate")
    .description("Say whether policy files can be read and joined; every mistake with its place and a remedy.")
    .argument("[file]", "the repository's policy file", usual)
    .option("--organisation <file>", "the organisation's policy file, which is joined with it")
    .action(async (file: string, { organisation }: { readonly organisation?: string }) => {
      const { errors, sources, digest } = readPolicies(await sourcesOf(local, file, organisation), rules);
      if (errors.length > 0) {
        io.err(errors.map((error) => `${error}\n`).join(""));
        io.exitWith(exitCodes.invalid);
        return;
      }
      io.out(`${sources.join(" and ")}: valid, digest ${digest.slice(0, 12)}\n`);
    });
  policy
    .command("show")
    .description("Print the policy in force, with every default filled in, as JSON.")
    .argument("[file]", "the repository's policy file; the strict default where it does not exist", usual)
    .requiredOption("--effective", "the joined policy (there is no other view yet)")
    .option("--organisation <file>", "the organisation's policy file, which is joined with it")
    .action(async (file: string, { organisation }: { readonly organisation?: string }) => {
      const reading = readPolicies(await sourcesOf(local, file, organisation), rules);
      if (reading.errors.length > 0) {
        io.err(reading.errors.map((error) => `${error}\n`).join(""));
        io.exitWith(exitCodes.invalid);
        return;
      }
      const shown: unknown = JSON.parse(canonicalJson(exactNumbers(reading.policy)));
      io.out(`${JSON.stringify({ sources: reading.sources, digest: reading.digest, policy: shown }, null, 2)}\n`);
    });
}

async function sourcesOf(
  local: LocalPort,
  file: string,
  organisation: string | undefined,
): Promise<readonly PolicySource[]> {
  const own = { scope: "repository", at: file, content: { kind: "text", text: await local.readText(file) } } as const;
  if (organisation === undefined) return [own];
  const text = await local.readText(organisation);
  return [{ scope: "organisation", at: organisation, content: { kind: "text", text } }, own];
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
