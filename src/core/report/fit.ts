import { byteLength } from "../../lib/text.ts";

/**
 * GitHub refuses a summary or a text of more than 65,535 characters. Counted in bytes, which are never fewer: whether it counts
 * one or the other, the report goes through. The rest is room for the line that counts annotations.
 */
export const partLimitBytes = 65_400;

/**
 * `start`, as many whole sections as fit, and `end`. A section that does not fit is left out as a whole, so no fence or fold stays
 * open, and `leftOut` writes the line that counts them.
 */
export function fit(
  start: string,
  sections: readonly string[],
  end: string,
  leftOut: (number: number) => string,
  limitBytes = partLimitBytes,
): string {
  const reserved = byteLength(leftOut(sections.length)) + 8;
  let room = limitBytes - byteLength(start) - byteLength(end) - reserved;
  const kept: string[] = [];
  for (const section of sections) {
    const size = byteLength(section) + 2;
    if (size <= room) {
      kept.push(section);
      room -= size;
    }
  }
  const missing = sections.length - kept.length;
  return [start, ...kept, ...(missing === 0 ? [] : [leftOut(missing)]), end].filter((part) => part !== "").join("\n\n");
}
