import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import type { Kind } from "../policy/schema.ts";

/** The parts of a plan that bound a change, in the order in which they are told. */
export const planParts = ["paths", "environments", "services", "kinds"] as const;
export type PlanPart = (typeof planParts)[number];

/** What the author declares that the change is about, each list sorted. Null: that part is not bounded. */
export interface Plan {
  /** Patterns; they loosen, so they match exactly. */
  readonly paths: readonly string[];
  readonly environments: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly kinds: readonly Kind[] | null;
}

/** A plan without a word of its author: a SHA-256 of the whole, and one of each entry. Null: that part is not bounded. */
export interface PlanMarks extends Readonly<Record<PlanPart, readonly string[] | null>> {
  readonly digest: string;
}

/** What the description of a pull request says of a plan. */
export type DeclaredPlan =
  | { readonly kind: "none" }
  | {
      readonly kind: "declared";
      readonly plan: Plan;
      readonly marks: PlanMarks;
      /** In the author's own words: not evidence, compared with nothing, escaped where shown. */
      readonly summary: string | null;
    }
  | {
      readonly kind: "unreadable";
      /** Clauses with the line in the block, what is wrong there and what to write. */
      readonly mistakes: readonly string[];
      readonly marks: PlanMarks;
    };

/** What became of the plan that an earlier report of the same pull request showed. */
export interface PlanDifference {
  /** Of the earlier plan. */
  readonly digest: string;
  /** Entries of now that it did not have. */
  readonly added: readonly { readonly part: PlanPart; readonly entry: string }[];
  /** Parts that it bounded and that nothing bounds now. */
  readonly unbounded: readonly PlanPart[];
  /** How many of its entries are gone. */
  readonly gone: number;
}

/** The plan as a report tells of it. */
export interface PlanTold {
  readonly declared: DeclaredPlan;
  /** Null: no earlier report showed another plan. */
  readonly before: PlanDifference | null;
  /** A plan of what the change does now, to be put into the description; null where none is missing. */
  readonly template: string | null;
}

export function marksOf(plan: Plan): PlanMarks {
  const digests = {
    paths: plan.paths.map((entry) => digestOf("paths", entry)),
    environments: plan.environments?.map((entry) => digestOf("environments", entry)) ?? null,
    services: plan.services?.map((entry) => digestOf("services", entry)) ?? null,
    kinds: plan.kinds?.map((entry) => digestOf("kinds", entry)) ?? null,
  };
  return { digest: sha256(JSON.stringify(planParts.map((part) => digests[part]))), ...digests };
}

/** The marks of a plan that cannot be read: like those of nothing but the same text. */
export function marksOfText(text: string): PlanMarks {
  const digest = sha256(JSON.stringify(["unreadable", text]));
  return { digest, paths: [digest], environments: [], services: [], kinds: [] };
}

export function marksIn(declared: DeclaredPlan): PlanMarks | null {
  return declared.kind === "none" ? null : declared.marks;
}

/**
 * Whether who saw the one plan has seen all of the other: the same entries or fewer, in every part. A part that is not bounded takes
 * in every other. No plan takes in no plan alone: it bounds nothing, and declares nothing either.
 */
export function includesPlan(seen: PlanMarks | null, now: PlanMarks | null): boolean {
  if (seen === null || now === null) return seen === now;
  return planParts.every((part) => {
    const [before, after] = [seen[part], now[part]];
    return before === null || (after !== null && after.every((entry) => before.includes(entry)));
  });
}

/** How the plan of now differs from that of the latest report that showed another; null where none did. */
export function differenceFrom(
  published: readonly { readonly plan: PlanMarks | null }[],
  declared: DeclaredPlan,
): PlanDifference | null {
  const now = marksIn(declared);
  const former = published.findLast(({ plan }) => plan !== null && plan.digest !== now?.digest)?.plan ?? null;
  if (former === null) return null;
  const plan = declared.kind === "declared" ? declared.plan : null;
  return {
    digest: former.digest,
    added: planParts.flatMap((part) =>
      (plan?.[part] ?? [])
        .filter((entry) => former[part]?.includes(digestOf(part, entry)) === false)
        .map((entry) => ({ part, entry })),
    ),
    unbounded: plan === null ? [] : planParts.filter((part) => plan[part] === null && former[part] !== null),
    gone: planParts.flatMap((part) => (former[part] ?? []).filter((entry) => now?.[part]?.includes(entry) !== true))
      .length,
  };
}

/** Each entry once, in the order that a digest does not depend on how they were written. */
export function inOrder<T extends string>(entries: readonly T[]): readonly T[] {
  return [...new Set(entries)].toSorted(byCodeUnits);
}

function digestOf(part: PlanPart, entry: string): string {
  return sha256(JSON.stringify([part, entry]));
}
