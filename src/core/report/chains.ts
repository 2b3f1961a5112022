import { byCodeUnits } from "../../lib/order.ts";
import { count, shorten, visible } from "../../lib/text.ts";
import type { FileReach, Step } from "../reach/reach.ts";

/** Above this many chains a report folds them: nobody reads them one by one. */
export const chainsShown = 5;

const stepMax = 300;

/** Chains that say more than the path does: something between the changed file and what is deployed. */
export function chainCount(reach: readonly FileReach[]): number {
  return reach.flatMap(({ targets }) => targets).filter(({ chain }) => chain.length > 1).length;
}

/** Each changed file with the way to every environment that it reaches, as a tree of lines. */
export function chainTree(reach: readonly FileReach[]): string {
  return reach
    .filter(({ targets }) => targets.some(({ chain }) => chain.length > 1))
    .map(({ path, targets }) => {
      const first = targets.find(({ chain }) => chain.length > 1)?.chain[0];
      const branches = targets.map(({ environment, service, chain }, index) => {
        const corner = index === targets.length - 1 ? "└─" : "├─";
        const steps = chain.slice(1).map(stepLine);
        const reached = service === null ? environment : `${environment} · ${service}`;
        return `${corner} ${[...steps, `→ ${reached}`].join("   ")}`;
      });
      return [`${first === undefined ? visible(path) : stepLine(first)}   ← changed`, ...branches].join("\n");
    })
    .join("\n");
}

/** "production · search: 12 files", one line for every environment and service. */
export function chainFold(reach: readonly FileReach[]): readonly string[] {
  const files = new Map<string, Set<string>>();
  for (const { path, targets } of reach) {
    for (const { environment, service } of targets) {
      const key = service === null ? environment : `${environment} · ${service}`;
      files.set(key, (files.get(key) ?? new Set()).add(path));
    }
  }
  return [...files].sort(([a], [b]) => byCodeUnits(a, b)).map(([key, paths]) => `${key}: ${count(paths.size, "file")}`);
}

/** One step, as `path:line   what stands there`. */
export function stepLine({ path, line, note }: Step): string {
  const at = line === null ? path : `${path}:${line}`;
  return visible(shorten(note === "" ? at : `${at}   ${note}`, stepMax));
}
