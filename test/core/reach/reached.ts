import { expect } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { computeReach } from "../../../src/core/reach/compute.ts";
import type { FileReach, ReachMap } from "../../../src/core/reach/reach.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { change } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";

const tools = { syntax: await loadSyntax(), memo: createMemo(10_000) };

/** What a change reaches that is to be merged into `baseRef`. */
export function reach(files: ChangedFile[], policy = reachPolicy(), baseRef = "main"): ReachMap {
  const set = change(...files);
  return computeReach(set, buildViews(set, tools).views, policy, { owner: "acme", name: "shop", baseRef }, tools.memo);
}
/** What the one changed file reaches: names of environments, with `?` where an end is not known. */
export function environments(files: ChangedFile[], policy = reachPolicy(), baseRef = "main"): string {
  const [file, ...others] = reach(files, policy, baseRef).files;
  expect(others).toEqual([]);
  return named(file);
}
/** Names of environments, with `?` where an end is not known. */
export function named(file: FileReach | undefined): string {
  const found = new Set((file?.targets ?? []).map(({ environment }) => environment));
  return [...found, ...(file?.unresolved === true ? ["?"] : [])].join(" ");
}
/** Every chain of a change: "production: base/a.yaml:1 < base/kustomization.yaml:2". */
export function chains(files: ChangedFile[], policy = reachPolicy(), baseRef = "main"): readonly string[] {
  return reach(files, policy, baseRef).files.flatMap(({ targets }) =>
    targets.map(
      ({ environment, chain }) =>
        `${environment}: ${chain.map(({ path, line }) => `${path}:${line ?? ""}`).join(" < ")}`,
    ),
  );
}
/** Ids of the gaps of a change. */
export function gapsOf(files: ChangedFile[], policy = reachPolicy()): readonly string[] {
  return reach(files, policy).gaps.map(({ id }) => id);
}
