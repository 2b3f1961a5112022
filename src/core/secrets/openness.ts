import { isCommonPassword } from "./connections.ts";
import { isDocumented } from "./documented.ts";
import { isPlaceholder, isReference, looksRandom } from "./placeholders.ts";

/**
 * What a literal at the place of a secret gives away. `drawn`: it looks drawn by chance. `written`: somebody made it up to be used. `word`: plain words,
 * which may as well be a name. `nothing`: a reference, a placeholder, what every guide has, or no text that could be a secret.
 */
export type Openness = "drawn" | "written" | "word" | "nothing";

const shortest = 6;
/** Addresses, paths, calls, and dotted names. */
const elsewhere = /[()]|:\/\/|^[./~]|\.\.|^[A-Za-z]+(?:\.[A-Za-z]+)+$/;
const words = /^[A-Za-z]+(?:[ _.-][A-Za-z]+)*$/;

export function opennessOf(written: string): Openness {
  const value = written.trim();
  if (value.length < shortest || isReference(value) || isPlaceholder(value) || isCommonPassword(value))
    return "nothing";
  if (elsewhere.test(value) || isDocumented(value)) return "nothing";
  if (words.test(value)) return "word";
  return looksRandom(value) ? "drawn" : "written";
}
