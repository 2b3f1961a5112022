import { byteLength } from "../../lib/text.ts";

/** GitHub's limit on the summary and the text of a check run. */
const limitBytes = 65_535;
const open = "<details open>";
/** As a section of ours begins. In a patch and in code no line begins like this: those are indented, or marked. */
const folded = /^<details>(?=<summary>)/gmu;

/** A part of a report with its folded sections open: all of them, or as many from the top as GitHub's limit of length lets. */
export function unfold(text: string): string {
  let room = Math.floor((limitBytes - byteLength(text)) / (open.length - "<details>".length));
  return text.replaceAll(folded, (section) => (room-- > 0 ? open : section));
}
