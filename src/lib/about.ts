import { sha256 } from "./digest.ts";
import { byCodeUnits } from "./order.ts";

const digestDigits = 6;

/** One name for all that a finding is about: another one as soon as there is one more, or another. */
export function aboutAll(abouts: readonly string[]): string {
  const distinct = [...new Set(abouts)].toSorted(byCodeUnits);
  const [first = ""] = distinct;
  if (distinct.length < 2) return first;
  return `${first} and ${distinct.length - 1} more ${sha256(JSON.stringify(distinct)).slice(0, digestDigits)}`;
}
