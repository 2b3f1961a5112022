import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { createMemo } from "../../../src/adapters/syntax/memo.ts";
import type { ChangeSet } from "../../../src/core/change/change-set.ts";
import type { HclBlock, HclValue } from "../../../src/core/hcl.ts";
import type { ResourceChange } from "../../../src/core/terraform/model.ts";
import { resources } from "../../../src/core/terraform/resources.ts";
import { added, change } from "../change/changes.ts";

export const tools = { syntax: await loadSyntax(), memo: createMemo(10_000) };

/** A value as plain data; what is unknown is its text in angle brackets. */
export function plain(value: HclValue | undefined): unknown {
  switch (value?.kind) {
    case undefined:
      return undefined;
    case "literal":
      return value.value;
    case "unknown":
      return `<${value.text}>`;
    case "list":
      return value.items.map(plain);
    case "object":
      return Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]));
  }
}

/** Attributes by name, and nested blocks as lists below their type. */
export function plainBlock(block: HclBlock): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, value } of block.body.attributes) found[name] = plain(value);
  for (const nested of block.body.blocks) {
    const known = found[nested.type];
    found[nested.type] = [...(Array.isArray(known) ? (known as unknown[]) : []), plainBlock(nested)];
  }
  return found;
}

export function changesIn(set: ChangeSet): readonly ResourceChange[] {
  return resources(set, tools).view.resources;
}

/** What a new configuration makes: blocks by root, variables file and address. */
export function made(files: Readonly<Record<string, string>>): Readonly<Record<string, Record<string, unknown>>> {
  const found = changesIn(change(...Object.entries(files).map(([path, source]) => added(path, source))));
  return Object.fromEntries(
    found.flatMap(({ root, variables, after }) =>
      after === undefined
        ? []
        : [
            [
              [root, variables, after.address].filter((part) => part !== null && part !== "").join(" "),
              plainBlock(after.block),
            ],
          ],
    ),
  );
}

/** The value of an expression in a configuration. */
export function valueOf(expression: string, more = ""): unknown {
  return made({ "main.tf": `resource "a_b" "c" {\n  v = ${expression}\n}\n${more}` })["a_b.c"]?.["v"];
}
