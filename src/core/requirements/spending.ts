import { type Amounts, type SumName, sums } from "../amounts/amounts.ts";
import type { Gap } from "../change/change-set.ts";
import type { Facts } from "../facts.ts";
import type { Budgets, Policy } from "../policy/schema.ts";
import type { Provenance } from "../provenance/provenance.ts";
import type { FileReach } from "../reach/reach.ts";
import type { PoolRoom, Spending } from "./booking.ts";
import { distinct } from "./budget.ts";
import type { Words } from "./words.ts";

/** What a change adds up to, which shared modules it changes, and what its policy and people say of that. */
interface Grounds {
  readonly facts: Pick<Facts, "pullRequest" | "base">;
  readonly provenance: Provenance;
  readonly reach: readonly FileReach[];
  readonly amounts: Amounts;
  readonly modules: readonly string[];
  readonly rooms: readonly PoolRoom[];
  readonly policy: Policy;
  readonly words: Words;
}

/** What a change takes; null: it is no agent's. */
export function spendingOf({
  facts,
  provenance,
  reach,
  amounts,
  modules,
  rooms,
  policy,
  words,
}: Grounds): Spending | null {
  if (provenance.author !== "agent") return null;
  const services = reach.flatMap(({ targets, services: named }) => [
    ...targets.flatMap(({ service }) => service ?? []),
    ...named,
  ]);
  const { addedMemory, addedReplicas, deletes, pools } = amounts;
  return {
    agents: distinct(provenance.agents),
    services: distinct(services),
    reachesUnknown: reach.some(({ unresolved }) => unresolved),
    openedAtMs: facts.pullRequest.openedAtMs,
    takes: { baseRef: facts.base.ref, modules, addedMemory, addedReplicas, deletes, pools },
    budgets: policy.budgets,
    rooms,
    words,
  };
}

/** A sum that is bounded and not known is not known to be within its bound: people decide, and then it takes all that there is. */
export function sumGaps({ author }: Provenance, { because }: Amounts, { budgets }: Policy): readonly Gap[] {
  if (author !== "agent") return [];
  return sums.flatMap((sum): readonly Gap[] => {
    const open = because[sum];
    if (open === undefined || !isBounded(sum, budgets)) return [];
    return [
      {
        id: `undecided-sum:${sum}`,
        level: "hold",
        path: null,
        side: "head",
        line: null,
        reason: `${nouns[sum]}, which \`budgets.${sum}\` bounds: ${open}`,
        remedy:
          "Write the figures out where they can be read. Or people accept it; until it has left the window it then takes the whole budget.",
      },
    ];
  });
}

const nouns: Readonly<Record<SumName, string>> = {
  added_memory: "how much memory this change adds",
  added_replicas: "how many replicas this change adds",
  deletes: "how much this change deletes",
};

function isBounded(sum: SumName, { addedMemory, addedReplicas, deletes }: Budgets): boolean {
  switch (sum) {
    case "added_memory":
      return addedMemory !== null;
    case "added_replicas":
      return addedReplicas !== null;
    case "deletes":
      return deletes !== null;
  }
}
