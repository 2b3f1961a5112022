import type { Value } from "../views/value.ts";
import type { ScriptLine } from "../workflows/model.ts";
import { scriptOf } from "../workflows/script.ts";
import type { Named } from "./model.ts";

/** The text of a scalar; null for maps, lists and what is empty. */
export function textOf(value: Value | undefined): string | null {
  return value?.scalar == null ? null : String(value.scalar);
}

/** A text, or the texts of a list, with their places. */
export function namesIn(value: Value | undefined): readonly Named[] {
  if (value === undefined) return [];
  const all = value.scalar === undefined ? value.items() : [value];
  return all.flatMap((one) => (one.scalar == null ? [] : [{ name: String(one.scalar), at: one.place }]));
}

/** A text, or a list of texts that may hold lists. */
export function linesIn(value: Value | undefined): readonly ScriptLine[] {
  if (value === undefined) return [];
  return value.scalar === undefined ? value.items().flatMap(linesIn) : scriptOf(value);
}

/** What a switch says, however it is written; unknown where an expression stands for it. */
export function switched(value: Value | undefined): "on" | "off" | "unknown" {
  if (value === undefined || value.scalar === null) return "off";
  const text = textOf(value);
  if (text === null || isExpression(text)) return "unknown";
  return /^(?:true|yes|on)$/iu.test(text) ? "on" : "off";
}

/** A text that a variable or a template decides. */
export function isExpression(text: string): boolean {
  return /[$]|\{\{/u.test(text);
}

/** Names of jobs that bring something to where it runs. */
export const deploying =
  /(?:^|[^a-z])(?:deploy\w*|releas\w*|publish\w*|promot\w*|roll-?out|apply|destroy|migrat\w*|prod(?:uction)?|live|upgrade)(?:[^a-z]|$)/iu;

const exposing: readonly (readonly [RegExp, string])[] = [
  [/\s--privileged\b(?!\s*=?\s*false)/u, "runs a privileged container"],
  [/docker\.sock\b/u, "hands over the socket of the container engine"],
  [/\s--(?:pid|net|network|ipc|userns)[= ]host\b/u, "shares namespaces of the machine"],
];

/** Ways out of a container among the lines of a script. */
export function exposuresIn(script: readonly ScriptLine[]): readonly Named[] {
  return script.flatMap(({ text, at }) =>
    exposing.flatMap(([pattern, name]) => (pattern.test(text) ? [{ name, at }] : [])),
  );
}
