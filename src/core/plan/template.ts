import { byteLength } from "../../lib/text.ts";
import type { KindEvidence } from "../kinds/evidence.ts";
import { patternMistake } from "../policy/patterns.ts";
import { name } from "../policy/schema/values.ts";
import type { FileReach } from "../reach/reach.ts";
import { inOrder } from "./plan.ts";
import { planBlock } from "./read.ts";

const entriesWritten = 20;
const partLimitBytes = 1_000;

/**
 * A plan of what a change does now, fence included: a beginning for its author, who knows what it is meant to do. It can be read, and the
 * change lies within it: a part that cannot be written down is left out, and what is left out is not bounded.
 */
export function planTemplate(
  changedPaths: readonly string[],
  reach: readonly FileReach[],
  kinds: readonly KindEvidence[],
): string {
  const targets = reach.flatMap((file) => file.targets);
  // What nobody knows the consumers of may reach any production: no list would be true.
  const environments = reach.some(({ unresolved }) => unresolved) ? [] : targets.map((target) => target.environment);
  const services = [...reach.flatMap((file) => file.services), ...targets.flatMap(({ service }) => service ?? [])];
  const parts = [
    { part: "paths", entries: patternsOf(changedPaths) },
    { part: "environments", entries: namesOf(environments) },
    { part: "services", entries: namesOf(services) },
    { part: "kinds", entries: inOrder(kinds.map(({ kind }) => kind)) },
  ];
  const lines = parts.flatMap(({ part, entries }) => (entries.length === 0 ? [] : [`${part}: ${list(entries)}`]));
  return [`\`\`\`${planBlock}`, ...lines, "```"].join("\n");
}

/** Paths as patterns that match them; where that is too much, the folders at the top; else everything. */
function patternsOf(paths: readonly string[]): readonly string[] {
  const folders = paths.map((path) => (path.includes("/") ? `${path.split("/")[0] ?? ""}/**` : path));
  const found = [paths, folders].map((some) => inOrder(some.map(patternOf))).find(isShort);
  return found === undefined || found.length === 0 ? ["**"] : found;
}

/** `?` stands for a character that means something in a pattern, or that is not shown. */
function patternOf(path: string): string {
  const pattern = path.replace(/[[\]()\\{}!`\p{C}]/gu, "?");
  return patternMistake(pattern) === null ? pattern : "**";
}

function namesOf(names: readonly string[]): readonly string[] {
  const found = inOrder(names);
  return isShort(found) && found.every((one) => name.safeParse(one).success) ? found : [];
}

function isShort(entries: readonly string[]): boolean {
  return entries.length <= entriesWritten && byteLength(list(entries)) <= partLimitBytes;
}

function list(entries: readonly string[]): string {
  return `[${entries.map((entry) => JSON.stringify(entry)).join(", ")}]`;
}
