// Runs dependency-cruiser over src and fails when a boundary is crossed, or when the tool saw next to nothing: a green
// tick over zero modules (a missing TypeScript reader, a moved folder) is the failure this script exists for.
import { readdirSync } from "node:fs";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";

const configuration = (await import(new URL("../.dependency-cruiser.mjs", import.meta.url).href)) as {
  default: { forbidden: NonNullable<ICruiseOptions["ruleSet"]>["forbidden"]; options: ICruiseOptions };
};
const { forbidden, options } = configuration.default;
const { output } = await cruise(["src"], { ...options, validate: true, ruleSet: { forbidden: forbidden ?? [] } });
const result = output as ICruiseResult;
const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts")).length;
const seen = result.modules.filter((module) => module.source.startsWith("src/")).length;
const edges = result.modules.reduce((sum, module) => sum + module.dependencies.length, 0);
for (const { from, to, rule } of result.summary.violations) {
  const comment = forbidden?.find((candidate) => candidate.name === rule.name)?.comment ?? "";
  console.error(`${rule.name}: ${from} -> ${to}. ${comment}`);
}
if (seen < files || edges < files) {
  console.error(`The boundary tool saw ${seen} of ${files} modules and ${edges} imports: its answer means nothing.`);
  process.exit(1);
}
if (result.summary.violations.length > 0) process.exit(1);
console.log(`boundaries: ${seen} modules, ${edges} imports, none crosses`);
