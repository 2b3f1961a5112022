import type { Value } from "../views/value.ts";
import { reached } from "../views/workloads.ts";

/** A number of a manifest: null where an expression stands, or nothing that has a default. `at` is undefined where it is not written. */
export interface Figure {
  readonly number: number | null;
  readonly at: Value | undefined;
}

/** `absent` is what Kubernetes takes where nothing, or null, is written; null where that is not known. */
export function figureAt(root: Value | undefined, path: readonly string[], absent: number | null): Figure {
  const at = root === undefined ? undefined : reached(root, path);
  if (at === undefined || at.scalar === null) return { number: absent, at: undefined };
  return { number: numberOf(at), at };
}

/** A whole number, written as a number or as its digits. */
function numberOf({ scalar }: Value): number | null {
  const number = typeof scalar === "string" && /^-?\d{1,15}$/u.test(scalar) ? Number(scalar) : scalar;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

/** A word of a manifest: null where what stands there is none of the words that Kubernetes knows. */
export interface Word {
  readonly word: string | null;
  readonly at: Value | undefined;
}

export function wordAt(
  root: Value | undefined,
  path: readonly string[],
  words: readonly string[],
  absent: string | null,
): Word {
  const at = root === undefined ? undefined : reached(root, path);
  if (at === undefined || at.scalar === null) return { word: absent, at: undefined };
  const written = String(at.scalar);
  return { word: words.includes(written) ? written : null, at };
}

/** Something is written that cannot be read, and it is not what stood there before. */
export function isHidden(at: Value | undefined, read: number | string | null, stood: Value | undefined): boolean {
  return at !== undefined && read === null && (stood === undefined || stood.scalar !== at.scalar);
}

/** A number of pods, or a share of them: `2` or `25%`. `percent` and `pods` are null where it is not written so. */
export interface Share {
  readonly pods: number | null;
  readonly percent: number | null;
  readonly at: Value | undefined;
}

export function shareAt(root: Value | undefined, path: readonly string[]): Share {
  const at = root === undefined ? undefined : reached(root, path);
  if (at === undefined || at.scalar === null) return { pods: null, percent: null, at: undefined };
  const percent = typeof at.scalar === "string" ? /^(\d{1,6})%$/u.exec(at.scalar)?.[1] : undefined;
  return percent === undefined
    ? { pods: numberOf(at), percent: null, at }
    : { pods: null, percent: Number(percent), at };
}

/** As it is written; null where nothing is, or what cannot be read. */
export function shareText({ pods, percent }: Share): string | null {
  if (percent !== null) return `${percent}%`;
  return pods === null ? null : String(pods);
}

/** The share of so many pods, rounded as Kubernetes does for what it is: up for surges and budgets, down for what may be missing. */
export function podsIn({ pods, percent }: Share, of: number | null, rounded: "up" | "down"): number | null {
  if (percent === null) return pods;
  if (of === null) return null;
  const exact = (percent * of) / 100;
  return rounded === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/** Whether text stands for something that is put in later: `${PORT}`, `{{ .Values.port }}`. */
export function isExpression(value: Value | undefined): boolean {
  return typeof value?.scalar === "string" && /\$\{|\$\(|\{\{|<<|\$[A-Za-z_]/u.test(value.scalar);
}
