#!/usr/bin/env node
// Plain JavaScript on purpose: Node strips types in a checkout (src/) and never inside node_modules (dist/).
import { existsSync } from "node:fs";

// Whatever nobody catches, and an end that nobody planned, is a failure: Node's own codes for both are those of verdicts or of nothing.
const failure = 70;
process.exitCode = failure;
process.on("uncaughtException", (error) => {
  console.error(`sallyport failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(failure);
});

const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `sallyport needs Node 24 or newer; this is Node ${process.versions.node}. In a checkout, "npm ci" brings one: run it through npx or npm run.`,
  );
  process.exit(failure);
}
const source = new URL("../src/bin.ts", import.meta.url);
try {
  await import((existsSync(source) ? source : new URL("../dist/bin.js", import.meta.url)).href);
} catch (error) {
  const because = error instanceof Error ? error.message : String(error);
  const remedy =
    error?.code === "ERR_MODULE_NOT_FOUND" ? '. Run "npm ci" in a checkout, or install the package again.' : "";
  console.error(`sallyport cannot start: ${because}${remedy}`);
  process.exitCode = failure;
}
