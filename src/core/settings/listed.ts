import type { Place } from "../change/change-set.ts";
import type { Context } from "../rule.ts";
import type { ConfigValue, ValuesView } from "../views/values.ts";
import { isExpression } from "./amounts.ts";
import { mayBeDeployed, mayBeSet } from "./scope.ts";
import { isDevelopment } from "./tier.ts";
import { wordsOf } from "./words.ts";

/** A key that holds a list, however it is written, as far as its items differ. */
export interface ListChange {
  readonly path: string;
  /** The keys down to the list. Text of the author. */
  readonly key: string;
  /** The same in words, for the names of a dictionary. */
  readonly words: string;
  readonly added: readonly { readonly text: string; readonly at: Place; readonly value: ConfigValue }[];
  readonly removed: readonly { readonly text: string; readonly at: Place }[];
  /** Where an expression came in the place of items that could be read. */
  readonly hidden: Place | null;
  /** Where an expression came that was not there, whatever stood there, be it nothing. */
  readonly unread: Place | null;
  /** Its first item went, and nothing came: nothing is on the list any more. */
  readonly isEmptied: boolean;
  /** Another key stands beside it in the head. */
  readonly inPlace: boolean;
  /** Its file came with this change: there was nothing before that it could be compared with. */
  readonly inNewFile: boolean;
}

/** What came to lists of words and what went from them, in files that something may be deployed from. Other orders are no change. */
export function listChanges(
  { values }: Pick<ValuesView, "values">,
  context: Pick<Context, "reach" | "policy">,
): readonly ListChange[] {
  const judged = values.filter((value) => {
    const path = (value.after ?? value.before)?.path ?? "";
    return mayBeDeployed(path) && mayBeSet(value.segments) && !isDevelopment(path, context);
  });
  const keyOf = (value: ConfigValue): string =>
    `${(value.after ?? value.before)?.path ?? ""}\n${holderOf(value.segments).join(".")}`;
  return [...Map.groupBy(judged, keyOf).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [changeOf(first, group)];
  });
}

function changeOf(first: ConfigValue, group: readonly ConfigValue[]): ListChange {
  const segments = holderOf(first.segments);
  const was = group.flatMap((value) => itemsOf(value, "before"));
  const is = group.flatMap((value) => itemsOf(value, "after"));
  const hidden = group.find(({ before, after }) => isReadable(before) && isHidden(after))?.after?.place ?? null;
  const unread = group.find(({ before, after }) => !isHidden(before) && isHidden(after))?.after?.place ?? null;
  const added = without(is, was);
  return {
    path: (first.after ?? first.before)?.path ?? "",
    key: segments.join("."),
    words: wordsOf(segments).join(" "),
    added,
    removed: without(was, is),
    hidden,
    unread,
    isEmptied:
      hidden === null &&
      is.length === 0 &&
      group.some(({ segments: own }) => own.length === segments.length || own.at(-1) === "0"),
    inNewFile: group.every(({ before, alone }) => before === undefined && alone),
    inPlace: group.some(({ inPlace }) => inPlace) || first.segments.length > segments.length,
  };
}

/** The keys without the position in a list. */
function holderOf(segments: readonly string[]): readonly string[] {
  return /^\d+$/u.test(segments.at(-1) ?? "") ? segments.slice(0, -1) : segments;
}

interface Item {
  readonly text: string;
  readonly at: Place;
  readonly value: ConfigValue;
}

function without(items: readonly Item[], others: readonly Item[]): readonly Item[] {
  const left = others.map(({ text }) => text);
  return items.filter(({ text }) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function itemsOf(value: ConfigValue, side: "before" | "after"): readonly Item[] {
  const written = value[side];
  if (written?.scalar == null || isHidden(written)) return [];
  return partsOf(String(written.scalar)).map((text) => ({ text, at: written.place, value }));
}

function partsOf(text: string): readonly string[] {
  return text
    .replaceAll(/^\s*[[(]|[\])]\s*$/gu, "")
    .split(/[\s,;]+/u)
    .map((part) => part.replaceAll(/^["']+|["']+$/gu, ""))
    .filter((part) => part !== "");
}

function isReadable(written: ConfigValue["before"]): boolean {
  return written?.scalar != null && written.scalar !== "" && !isHidden(written);
}

/** Patterns, with the method before some of them: `GET=^/health$`. */
const pattern = /^(?:[A-Z]+!?=)?\^(?:(?!\$\{).)*\$$/u;

/** An expression that stands for the whole or for an item; of a pattern, `$` is a part. */
function isHidden(written: ConfigValue["before"]): boolean {
  if (written === undefined || written.scalar === null) return false;
  if (written.scalar === undefined) return true;
  const text = String(written.scalar);
  return (
    isExpression(text) &&
    !pattern.test(text) &&
    !partsOf(text).every((part) => pattern.test(part) || !isExpression(part))
  );
}
