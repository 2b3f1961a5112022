import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Incidents } from "../src/sim/incidents.ts";

export const launcher = fileURLToPath(new URL("../bin/sallyport.js", import.meta.url));

/** A git repository in `folder` with the files of the incidents, and the first incident as its working tree. */
export function checkRepository(folder: string, base: Incidents["base"], incidents: Incidents["incidents"]): string {
  const root = join(folder, "repository");
  mkdirSync(root);
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
  const write = (files: ReadonlyMap<string, string>): void => {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(base);
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "commit", "--quiet", "--message=base");
  write(incidents[0]?.files ?? new Map());
  return root;
}
