// Writes every generated file, or with --check says which of them are stale. `npm run gen`, `npm run generated`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { policyDocs } from "../src/core/policy/docs.ts";
import { type Generated, generatedFromRules, readRules } from "./generated.ts";
import { scenarioDocs } from "./scenario-docs.ts";
import { planSchema, policySchema, scenarioSchema, verdictSchema } from "./schemas.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/u, "");
const checking = process.argv.includes("--check");

const rules = await readRules(root);

/** What is generated beside the rules' own files: one line for each. */
const others: readonly Generated[] = [
  { path: "docs/policy.md", content: () => policyDocs(rules) },
  { path: "docs/scenarios.md", content: scenarioDocs },
  { path: "docs/schema/sallyport.policy-1.json", content: policySchema },
  { path: "docs/schema/sallyport.plan-1.json", content: planSchema },
  { path: "docs/schema/sallyport.verdict-1.json", content: verdictSchema },
  { path: "docs/schema/sallyport.scenario-1.json", content: scenarioSchema },
];

/** Folders in which nothing but generated files may stand. */
const whollyGenerated = ["docs/rules", "docs/schema"];

function formatted(path: string, text: string): string {
  if (!path.endsWith(".ts")) return text;
  const biome = `${root}/node_modules/@biomejs/biome/bin/biome`;
  return execFileSync(process.execPath, [biome, "format", `--stdin-file-path=${path}`], {
    cwd: root,
    input: text,
    encoding: "utf8",
  });
}

function leftOver(paths: ReadonlySet<string>): readonly string[] {
  return whollyGenerated
    .filter((folder) => existsSync(`${root}/${folder}`))
    .flatMap((folder) => readdirSync(`${root}/${folder}`).map((file) => `${folder}/${file}`))
    .filter((path) => !paths.has(path));
}

const stale: string[] = [];
const generated = [...generatedFromRules(rules), ...others];
for (const { path, content } of generated) {
  const file = `${root}/${path}`;
  const text = formatted(path, content());
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  stale.push(path);
  if (checking) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
for (const path of leftOver(new Set(generated.map(({ path }) => path)))) {
  stale.push(`${path} (nothing generates it any more)`);
  if (!checking) rmSync(`${root}/${path}`);
}

if (checking && stale.length > 0) {
  console.error(`Generated files are stale: run \`npm run gen\` and commit what it writes.\n  ${stale.join("\n  ")}`);
  process.exit(1);
}
console.log(
  checking
    ? `generated: ${generated.length} files, all fresh`
    : `generated: ${stale.length} of ${generated.length} files written`,
);
for (const path of checking ? [] : stale) console.log(`  ${path}`);
