// Writes a rule that compiles and fails its own example. `npm run new-rule -- <subject> <id>`.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createRule } from "./rule-template.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/u, "");
const [subject, id, ...rest] = process.argv.slice(2);

if (subject === undefined || id === undefined || rest.length > 0) {
  console.error("Usage: npm run new-rule -- <subject> <id>, such as: npm run new-rule -- kubernetes k8s-probe-removed");
  process.exit(64);
}
try {
  const path = createRule(root, subject, id);
  execFileSync(process.execPath, [`${root}/scripts/gen.ts`], { stdio: "inherit" });
  console.log(`
${path} compiles and fails its own example. Now:
  1. Write what is wrong, why it matters and what to do; name the invariant it keeps.
  2. Write the examples as a reviewer would see them, then detect.
  3. npm run gen && npx vitest run test/rules.test.ts`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
