#!/usr/bin/env node
// Plain JavaScript on purpose: Node strips types in a checkout (src/) and never inside node_modules (dist/).
import { existsSync } from "node:fs";

const [major] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `sallyport needs Node 24 or newer; this is Node ${process.versions.node}. In a checkout, "npm ci" brings one: run it through npx or npm run.`,
  );
  process.exit(70);
}
const source = new URL("../src/bin.ts", import.meta.url);
await import((existsSync(source) ? source : new URL("../dist/bin.js", import.meta.url)).href);
