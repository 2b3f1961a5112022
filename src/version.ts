import { readFileSync } from "node:fs";

/** Version of this package, as its package.json states it. Read without the schema library, which `--help` would wait for. */
export const version = stated(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

/** What evaluations are recorded with: this version, and that of the time-zone data of this Node, which says when windows open. */
export const program = { version, zoneData: process.versions["tz"] ?? "unknown" };

function stated(manifest: unknown): string {
  if (
    typeof manifest === "object" &&
    manifest !== null &&
    "version" in manifest &&
    typeof manifest.version === "string"
  )
    return manifest.version;
  throw new Error("package.json of Sallyport states no version: install it again");
}
