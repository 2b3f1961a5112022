import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** On a busy machine a property takes minutes. */
const hangsAfterMs = 3_600_000;
const imports = /from "(?:\.\.\/)+runs\.ts"/u;

/**
 * Runs the property tests of the algebra (those that import `test/runs.ts`) with at least so many cases for each property. The exit
 * code: a run that died, or that found no property to try, is no success.
 */
export async function playProperties(cases: number, seed: string): Promise<number> {
  const files = globSync("test/**/*.test.ts", { cwd: root })
    .filter((path) => imports.test(readFileSync(`${root}/${path}`, "utf8")))
    .toSorted();
  if (files.length === 0) throw new Error('Cannot find a property test: no file of test/ imports "runs.ts".');
  console.log(`fuzz: properties of ${files.length} files, ${cases} cases each, seed ${numberOf(seed)}`);
  const startMs = performance.now();
  const vitest = `${root}/node_modules/vitest/vitest.mjs`;
  const child = spawn(process.execPath, [vitest, "run", `--testTimeout=${hangsAfterMs}`, ...files], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, SALLYPORT_PROPERTY_RUNS: String(cases), FUZZ_SEED: String(numberOf(seed)) },
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (ended) => resolve(ended ?? 70));
  });
  const tookS = ((performance.now() - startMs) / 1_000).toFixed(0);
  console.log(`fuzz: properties ${code === 0 ? "hold" : "FAILED"}; ${tookS} s`);
  if (code !== 0) {
    console.log(`Again: npm run fuzz -- --runs 0 --cases ${cases} --seed ${seed}`);
  }
  return code;
}

/** A seed that fast-check takes, of a text that may be anything. */
function numberOf(seed: string): number {
  return createHash("sha256").update(seed).digest().readInt32BE();
}
