import { type Amount, parseAmount } from "../../lib/amount.ts";
import { compare } from "../../lib/quantity.ts";
import { destroys, creates } from "./actions.ts";
import type { AttributeChange, PlannedChange, PlannedValue } from "./plan.ts";

/**
 * What a resource has no more although it goes on to exist: attributes, and elements of lists, sets and maps. A value that will be known
 * only later is not gone.
 */
export function removals(change: PlannedChange): readonly AttributeChange[] {
  if (destroys(change) && !creates(change)) return [];
  return change.attributes.filter(({ before, after }) => !isEmpty(before) && isEmpty(after));
}

/** Amounts that are smaller after than before, with their units: `"20Gi"` to `"512Mi"`, 7 to 0. */
export function lowered({ attributes }: PlannedChange): readonly AttributeChange[] {
  return attributes.filter(({ before, after }) => {
    const [was, is] = [amountOf(before), amountOf(after)];
    return was !== null && is !== null && was.dimension === is.dimension && compare(is.value, was.value) < 0;
  });
}

function isEmpty(value: PlannedValue): boolean {
  switch (value.kind) {
    case "none":
      return true;
    case "literal":
      return value.value === "";
    case "list":
      return value.items.length === 0;
    case "object":
      return value.entries.length === 0;
    case "digest":
    case "unknown":
    case "sensitive":
      return false;
  }
}

/** Longer texts are no amounts that anybody writes. */
const amountMax = 40;

function amountOf(value: PlannedValue): Amount | null {
  if (value.kind !== "literal" || typeof value.value === "boolean") return null;
  const text = String(value.value);
  return text === "" || text.length > amountMax ? null : parseAmount(text);
}
