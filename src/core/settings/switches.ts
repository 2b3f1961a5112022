import type { Class } from "./classes.ts";
import type { Ladder } from "./ladder.ts";
import { ladders } from "./ladders.ts";
import type { Reading } from "./amounts.ts";
import { isExpression } from "./amounts.ts";
import type { ConfigValue, Written } from "../views/values.ts";
import { wordsOf } from "./words.ts";

const on = /^(?:true|on|yes|1|enabled?|required?)$/iu;
const off = /^(?:false|off|no|0|disabled?|none)$/iu;

export type Position = "safe" | "unsafe" | "unset" | "hidden" | "other";

/** Which way a switch stands: safeguards are dangerous when off, ways around them and debugging when on. */
export function positionOf(of: Class, reading: Reading): Position {
  if (reading.kind === "absent") return "unset";
  if (reading.kind === "hidden") return "hidden";
  const dangerous = of === "bypass" || of === "debug" ? on : off;
  const safe = dangerous === on ? off : on;
  if (dangerous.test(reading.text)) return "unsafe";
  return safe.test(reading.text) ? "safe" : "other";
}

/** The ladder that a key's last words name; null where none does. */
export function ladderOf({ segments }: Pick<ConfigValue, "segments">): Ladder | null {
  const text = ` ${wordsOf(segments).join(" ")}`;
  return ladders.find(({ names }) => names.some((name) => text.endsWith(` ${name}`))) ?? null;
}

export type Rung =
  | { readonly kind: "rung"; readonly at: number; readonly text: string }
  /** Nothing is written. */
  | { readonly kind: "unset" }
  | { readonly kind: "hidden" }
  /** A word that is on no rung: where the ladder is a list of what is dangerous, something safe. */
  | { readonly kind: "other"; readonly text: string };

export function rungOf({ rungs }: Ladder, written: Written | undefined): Rung {
  if (written === undefined || written.scalar === null || written.scalar === "") return { kind: "unset" };
  if (written.scalar === undefined) return { kind: "hidden" };
  const text = String(written.scalar).trim();
  const word = text.toLowerCase().replaceAll(/\s/gu, "");
  const at = rungs.findIndex((words) => words.includes(word));
  if (at >= 0) return { kind: "rung", at, text };
  return isExpression(text) ? { kind: "hidden" } : { kind: "other", text: text.slice(0, 40) };
}

export function rungText(rung: Rung): string {
  switch (rung.kind) {
    case "unset":
      return "none";
    case "hidden":
      return "an expression";
    case "rung":
      return `\`${rung.text}\``;
    case "other":
      return "another text";
  }
}
