import type { Place } from "../change/change-set.ts";
import type { HclBlock, HclValue } from "../hcl.ts";
import type { Observation } from "../rule.ts";
import { attributeOf, type TerraformBlock, textOf } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import { inCode, isReached, type Reach } from "./telling.ts";
import { modulesThatStay, nestedBlocks } from "./written.ts";

interface Condition {
  readonly kind: string;
  readonly text: string;
  /** Null: it is always true. */
  readonly means: string | null;
  readonly at: Place;
}

/** Conditions that the configuration set itself, and that are gone or always true while what they were set on stays. */
export function* checkObservations(view: ResourcesView, reach: Reach): Iterable<Observation> {
  for (const { before, after } of modulesThatStay(view)) {
    const isAt = new Map(after.map((block) => [block.address, block]));
    for (const block of before) {
      const now = isAt.get(block.address);
      // What is gone as a whole needs none; a `check` stands on its own, and is missed.
      if (now === undefined && block.block.type !== "check") continue;
      const [was, is] = [conditionsIn(block, "base"), now === undefined ? [] : conditionsIn(now, "head")];
      const seen = lostOf(was, is).filter(({ at }) => isReached(at.path, reach));
      for (const [index, { condition, at, instead }] of seen.entries()) {
        const { kind, text } = condition;
        const about = `${block.path} ${block.address}#${kind}.${index}`;
        const what = `${kind} of ${inCode(block.address)}`;
        if (instead === null) yield { at, about, message: `${what} is gone: ${inCode(text)}`, asks: true };
        else if (instead.means === null)
          yield { at, about, message: `${what} is always true: ${inCode(text)} → ${inCode(instead.text)}`, asks: true };
        else yield { at, about, undecided: `whether ${what} still refuses: ${inCode(text)} → ${inCode(instead.text)}` };
      }
    }
  }
}

interface Lost {
  readonly condition: Condition;
  readonly at: Place;
  /** What stands in its place and refuses nothing, or nobody can tell. */
  readonly instead: Condition | null;
}

/** As many as there are fewer than before: a condition that reads otherwise took the place of one that is gone. */
function lostOf(was: readonly Condition[], is: readonly Condition[]): readonly Lost[] {
  return [...Map.groupBy(was, ({ kind }) => kind)].flatMap(([kind, conditions]) => {
    const now = is.filter((one) => one.kind === kind);
    const still = new Set(now.map(({ means }) => means));
    const missing = conditions.filter(({ means }) => means !== null && !still.has(means));
    const old = new Set(conditions.map(({ means }) => means));
    const fresh = now.filter(({ means }) => means === null || !old.has(means));
    const open = fresh.filter(({ means }) => means === null || isName(means));
    const instead = fresh.filter((one) => !open.includes(one));
    const unmet = missing.filter(({ means }) => !instead.some((one) => holdsToo(one.means ?? "", means ?? "")));
    const replaced = instead.length - (missing.length - unmet.length);
    const lost = unmet.slice(Math.max(0, replaced));
    return lost.map((condition, index): Lost => {
      const one = open[index] ?? null;
      return { condition, at: (one ?? condition).at, instead: one };
    });
  });
}

/** Nothing but a name: what it comes to is decided elsewhere. */
function isName(text: string): boolean {
  return /^[\w.-]+$/u.test(text);
}

/** Two conditions that became one. */
function holdsToo(whole: string, part: string): boolean {
  return whole.includes("&&") && !whole.includes("||") && whole.includes(part);
}

/** https://developer.hashicorp.com/terraform/language/validate */
function conditionsIn({ path, block }: TerraformBlock, side: Place["side"]): readonly Condition[] {
  const within = (of: HclBlock, ...kinds: readonly string[]): readonly Condition[] =>
    kinds.flatMap((kind) =>
      nestedBlocks(of.body, kind, false).map((one): Condition => {
        const attribute = one.body.attributes.find(({ name }) => name === "condition");
        const line = attribute?.line ?? one.line;
        const value = attributeOf(one.body, "condition");
        const text = value === undefined ? "not set" : textOf(value);
        return {
          kind,
          text,
          means: isAlwaysTrue(value) ? null : text.replaceAll(/\s+/gu, " "),
          at: { path, side, line },
        };
      }),
    );
  switch (block.type) {
    case "variable":
      return within(block, "validation");
    case "output":
      return within(block, "precondition");
    case "check":
      return within(block, "assert");
    case "resource":
    case "data":
      return nestedBlocks(block.body, "lifecycle", false).flatMap((one) =>
        within(one, "precondition", "postcondition"),
      );
    default:
      return [];
  }
}

/** What nobody could meet is no matter here: it stops every run. */
function isAlwaysTrue(value: HclValue | undefined): boolean {
  if (value === undefined) return true;
  if (value.kind === "literal") return value.value === true || value.value === "true";
  if (value.kind !== "unknown") return false;
  return /\|\|\s*true\b|^\(?\s*true\s*(?:\|\||\))|^\(*\s*(\d+|"[^"$%]*")\s*==\s*\1\s*\)*$/u.test(value.text.trim());
}
