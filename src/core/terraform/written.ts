import type { HclBlock, HclBody, HclValue } from "../hcl.ts";
import type { TerraformBlock } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import type { Reading } from "./reading.ts";
import { inCode } from "./telling.ts";

/** The blocks of one directory, which Terraform reads as one, on both sides. */
export interface WrittenModule {
  readonly directory: string;
  readonly before: readonly TerraformBlock[];
  readonly after: readonly TerraformBlock[];
}

/** Directories that hold configuration on both sides and in which the change touches a file. */
export function modulesThatStay({ blocks }: ResourcesView): readonly WrittenModule[] {
  return modulesWritten({ blocks }).filter(({ before, after }) => before.length > 0 && after.length > 0);
}

/** Directories in which the change touches a file. */
export function modulesWritten({ blocks }: Pick<ResourcesView, "blocks">): readonly WrittenModule[] {
  return [...Map.groupBy(blocks, ({ directory }) => directory)]
    .filter(([, pairs]) => pairs.some(({ changed }) => changed))
    .map(([directory, pairs]) => ({
      directory,
      before: pairs.flatMap(({ before }) => before ?? []),
      after: pairs.flatMap(({ after }) => after ?? []),
    }));
}

/**
 * The blocks of a type within a body, with the labels that they have there. JSON does not tell a nested block from an attribute: an
 * object in the place of one is one, and its keys are the labels first.
 */
export function nestedBlocks({ blocks, attributes }: HclBody, type: string, labelled: boolean): readonly HclBlock[] {
  const asAttributes = attributes
    .filter(({ name }) => name === type)
    .flatMap(({ value, line, endLine }) => {
      const block = (labels: readonly string[], entries: Entries): HclBlock => {
        const body = {
          blocks: [],
          attributes: entries.map((one) => ({ name: one.key, value: one.value, line, endLine })),
        };
        return { type, labels, body, line, endLine };
      };
      return objectsIn(value).flatMap((entries) =>
        labelled
          ? entries.flatMap((entry) => objectsIn(entry.value).map((inner) => block([entry.key], inner)))
          : [block([], entries)],
      );
    });
  return [...blocks.filter((block) => block.type === type), ...asAttributes];
}

type Entries = readonly { readonly key: string; readonly value: HclValue }[];

function objectsIn(value: HclValue): readonly Entries[] {
  if (value.kind === "list") return value.items.flatMap(objectsIn);
  return value.kind === "object" ? [value.entries] : [];
}

/** What stands at a path, in code, as a reader of the file sees it. */
export function shownReadings(readings: readonly Reading[]): string {
  return readings.map(shownReading).join(", ");
}

function shownReading(reading: Reading): string {
  switch (reading.kind) {
    case "value":
      return inCode(String(reading.value));
    case "present":
    case "unknown":
    case "generated":
      return inCode(reading.text);
    case "absent":
    case "without":
      return "not set";
  }
}

export function isAbsent(readings: readonly Reading[]): boolean {
  return readings.every(({ kind }) => kind === "absent" || kind === "without");
}

export function isDecided(readings: readonly Reading[]): boolean {
  return readings.every(({ kind }) => kind !== "unknown" && kind !== "generated");
}

/** The name of a directory in a sentence. */
export function inDirectory(directory: string): string {
  return directory === "" ? "the root of the repository" : inCode(directory);
}
