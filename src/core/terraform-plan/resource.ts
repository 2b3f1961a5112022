import { shorten, visible } from "../../lib/text.ts";
import { differences } from "./differences.ts";
import { isObject } from "./json.ts";
import type { PlannedChange } from "./plan.ts";
import { hidden, none, type Redactor } from "./redact.ts";
import type { ResourceChangeJson } from "./schema.ts";

export function modeOf(mode: string): PlannedChange["mode"] {
  return mode === "managed" || mode === "data" || mode === "ephemeral" ? mode : "unknown";
}

/** One row of a plan, without what must not leave it. Its address has been held against its parts: see `contradiction`. */
export function readChange(row: ResourceChangeJson, redactor: Redactor): PlannedChange {
  const { change } = row;
  const replacePaths = change.replace_paths.map((path) =>
    path.map((step) => (typeof step === "string" ? (redactor.text(step) ?? hidden) : step)),
  );
  const { attributes, unlisted } = differences(
    {
      before: { value: change.before, sensitive: change.before_sensitive, unknown: false },
      after: { value: change.after, sensitive: change.after_sensitive, unknown: change.after_unknown },
    },
    change.replace_paths,
    redactor,
  );
  return {
    address: row.address,
    previousAddress: row.previous_address,
    module: row.module_address ?? "",
    mode: modeOf(row.mode),
    type: row.type,
    name: row.name,
    index: row.index ?? null,
    provider: row.provider_name,
    deposed: typeof row.deposed === "string" && row.deposed !== "" ? row.deposed : null,
    actions: change.actions,
    reason: row.action_reason,
    replacePaths,
    importing: importing(change.importing, redactor),
    generatesConfiguration: typeof change.generated_config === "string" && change.generated_config !== "",
    attributes,
    unlisted,
  };
}

function importing(given: ResourceChangeJson["change"]["importing"], redactor: Redactor): PlannedChange["importing"] {
  if (given === null || given === undefined) return null;
  const id =
    typeof given.id === "string" ? redactor.value({ value: given.id, sensitive: false, unknown: false }) : none;
  return { id };
}

/**
 * What is wrong with a row whose address and parts name different things: who reads the one would judge another resource than who reads
 * the other. Null: they agree.
 */
export function contradiction(row: ResourceChangeJson): string | null {
  const { address, module_address, mode, type, name } = row;
  const module = module_address === null || module_address === "" ? "" : `${module_address}.`;
  const start = `${module}${mode === "managed" ? "" : `${mode}.`}${type}.${name}`;
  if (address.startsWith(start) && isIndex(address.slice(start.length), row)) return null;
  return `its address does not say what its parts say (${visible(shorten(start, 200))})`;
}

function isIndex(text: string, { index, index_unknown }: ResourceChangeJson): boolean {
  if (index_unknown === true) return text === "[*]";
  // How a key is spelled between the quotes differs from version to version.
  if (typeof index === "string") return /^\[".*"\]$/su.test(text);
  return text === (index === null || index === undefined ? "" : `[${index}]`);
}

/** A resource is an object, or is not there. Null: that is so. */
export function malformed({ change }: ResourceChangeJson): string | null {
  const odd = (["before", "after"] as const).find((side) => change[side] != null && !isObject(change[side]));
  return odd === undefined ? null : `its \`${odd}\` is no object`;
}
