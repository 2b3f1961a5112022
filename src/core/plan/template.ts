import { byCodeUnits } from "../../lib/order.ts";
import type { KindEvidence } from "../evaluate/evaluation.ts";
import { patternMistake } from "../policy/patterns.ts";
import type { FileReach } from "../reach/reach.ts";
import { planBlock } from "./read.ts";

const pathsWritten = 20;

/** A plan of what a change does now, fence included: a beginning for its author, who knows what it is meant to do. */
export function planTemplate(
  changedPaths: readonly string[],
  reach: readonly FileReach[],
  kinds: readonly KindEvidence[],
): string {
  const targets = reach.flatMap((file) => file.targets);
  const services = [
    ...reach.flatMap((file) => file.services),
    ...targets.flatMap(({ service }) => (service === null ? [] : [service])),
  ];
  const lists = {
    paths: patternsOf(changedPaths),
    environments: targets.map(({ environment }) => environment),
    services,
    kinds: kinds.map(({ kind }) => kind),
  };
  const lines = Object.entries(lists).flatMap(([part, entries]) => {
    const each = [...new Set(entries)].toSorted(byCodeUnits);
    return each.length === 0 ? [] : [`${part}: [${each.map((one) => JSON.stringify(one)).join(", ")}]`];
  });
  return [`\`\`\`${planBlock}`, ...lines, "```"].join("\n");
}

/** Paths as patterns that match them; where there are many, the folders at the top. */
function patternsOf(paths: readonly string[]): readonly string[] {
  const few = paths.length <= pathsWritten;
  const written = few ? paths : paths.map((path) => (path.includes("/") ? `${path.split("/")[0] ?? ""}/**` : path));
  const plain = [...new Set(written.map(escaped))];
  return plain.length <= pathsWritten ? plain : ["**"];
}

/** `?` stands for a character that means something in a pattern, or nothing in one. A path that no pattern can be made of is everything. */
function escaped(path: string): string {
  const pattern = path.replace(/[[\]()\\{}!`\p{C}]/gu, "?");
  return patternMistake(pattern) === null ? pattern : "**";
}
