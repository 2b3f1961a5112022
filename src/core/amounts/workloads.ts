import { add, compare, multiply, type Rational, subtract, whole, zero } from "../../lib/quantity.ts";
import { type Holder, holders, limitOfPod, podMemory, type Sum, workloadMemory } from "../views/memory.ts";
import { saysNothing } from "../views/pools.ts";
import { type Count, counterpart, type Workload, type WorkloadChange } from "../views/workloads.ts";

const nothing: Sum = { known: zero, open: null };

/** Replicas that a change of a workload adds. Fewer, or the same in another form, add none. */
export function replicasAdded({ before, after }: WorkloadChange): Sum {
  if (after === undefined) return nothing;
  const { count, object } = after;
  switch (count.kind) {
    case "exact": {
      // Of a number that was not known any part may be new.
      const was = before?.count.kind === "exact" ? before.count.pods : 0;
      return { known: whole(Math.max(0, count.pods - was)), open: null };
    }
    case "undecided": {
      const silent = count.at === object.root;
      if (silent || (before !== undefined && sameCount(before.count, count))) return nothing;
      return { known: zero, open: `the replicas of \`${object.name}\` are an expression` };
    }
    case "per-node":
      if (before?.count.kind === "per-node") return nothing;
      return { known: zero, open: `\`${object.name}\` runs on every node, and how many there are is not known` };
  }
}

/**
 * Memory that a change of a workload adds, over all its pods. It is never less than what is added: where the side before is not known it
 * counts as nothing, and where the side after is not, and is not just what it was, the sum stays open. A limit in place of none adds
 * nothing: more could be taken before.
 */
export function memoryAdded({ before, after }: WorkloadChange): Sum {
  if (after === undefined || saysNothing(after)) return nothing;
  if (after.object.kind === "LimitRange") return defaultsAdded(before, after);
  if (after.count.kind === "exact" && after.count.pods === 0) return nothing;
  if (before === undefined) return after.object.patch ? patched(after) : workloadMemory(after);
  const grown = podGrowth(before, after);
  const name = `\`${after.object.name}\``;
  switch (after.count.kind) {
    case "exact": {
      const was = before.count.kind === "exact" ? before.count.pods : 0;
      const more = after.count.pods > was;
      if (grown.kind === "undecided") return { known: zero, open: grown.because };
      if (grown.kind === "at-most") {
        if (more) return { known: zero, open: podMemory(after).open ?? `what each pod of ${name} takes` };
        return { known: multiply(grown.each, whole(after.count.pods)), open: null };
      }
      if (after.object.patch && more) return patched(after);
      const sum = (each: Rational, pods: number): Rational => multiply(each, whole(pods));
      return { known: rise(sum(grown.was, was), sum(grown.is, after.count.pods)), open: null };
    }
    case "undecided":
    case "per-node": {
      if (!sameCount(before.count, after.count)) return { known: zero, open: workloadMemory(after).open };
      if (grown.kind === "undecided") return { known: zero, open: grown.because };
      const each = grown.kind === "at-most" ? grown.each : rise(grown.was, grown.is);
      if (compare(each, zero) === 0) return nothing;
      return { known: zero, open: `each pod of ${name} takes more, and how many there are is not known` };
    }
  }
}

/** A patch need not name every container of the pods that it makes more of. */
function patched({ object }: Workload): Sum {
  return { known: zero, open: `what the patch of \`${object.name}\` adds to is not read with it` };
}

/** How one pod has grown: from one figure to another; by no more than so much, where a part of both is not known; or not known. */
type PodGrowth =
  | { readonly kind: "exact"; readonly was: Rational; readonly is: Rational }
  | { readonly kind: "at-most"; readonly each: Rational }
  | { readonly kind: "undecided"; readonly because: string };

function podGrowth(before: Workload, after: Workload): PodGrowth {
  const [stood, all] = [holders(before), holders(after)];
  const pairs = all.map((holder) => ({ holder, was: counterpart(stood, all, holder) }));
  const open = pairs.filter(({ holder }) => holder.limit.kind !== "exact");
  const fresh = open.find(({ holder, was }) => was === undefined || !sameLimit(was, holder));
  if (fresh !== undefined) return { kind: "undecided", because: whyOpen(fresh.holder, after) };
  // What had no limit could take as much as it now may.
  const limited = stood.map((holder) => {
    const now = pairs.find(({ was }) => was === holder)?.holder.limit;
    return holder.limit.kind === "absent" && now !== undefined ? { ...holder, limit: now } : holder;
  });
  if (open.length === 0) return { kind: "exact", was: limitOfPod(limited), is: limitOfPod(all) };
  const parts = pairs.map(({ holder, was }) => {
    const then = was === undefined ? undefined : limited[stood.indexOf(was)];
    const sameRole = then?.role === holder.role;
    return rise(sameRole && then.limit.kind === "exact" ? then.limit.value : zero, valueOf(holder));
  });
  return { kind: "at-most", each: parts.reduce(add, zero) };
}

function valueOf({ limit }: Holder): Rational {
  return limit.kind === "exact" ? limit.value : zero;
}

/** Both are without a limit, or both are the same expression. */
function sameLimit(was: Holder, is: Holder): boolean {
  if (was.role !== is.role) return false;
  if (is.limit.kind === "absent") return was.limit.kind === "absent";
  return is.limit.kind === "undecided" && was.limit.kind === "undecided" && was.limit.at.scalar === is.limit.at.scalar;
}

function whyOpen({ name, limit }: Holder, { object }: Workload): string {
  const why = limit.kind === "absent" ? "has no memory limit" : "has a memory limit that is an expression";
  return `\`${name}\` of \`${object.name}\` ${why}`;
}

/** What stands with another object, or is the same expression, is the same number. */
function sameCount(was: Count, is: Count): boolean {
  if (was.kind === "per-node" || is.kind === "per-node") return was.kind === is.kind;
  return was.kind === "undecided" && is.kind === "undecided" && was.at.scalar === is.at.scalar;
}

/** A default is taken by every container of the namespace that states no limit, and how many those are is not known. */
function defaultsAdded(before: Workload | undefined, after: Workload): Sum {
  const stood = before === undefined ? [] : holders(before);
  const all = holders(after);
  const larger = all.find((holder) => {
    const was = counterpart(stood, all, holder)?.limit;
    if (was === undefined || was.kind === "absent") return false;
    if (holder.limit.kind === "exact") return was.kind !== "exact" || compare(holder.limit.value, was.value) > 0;
    return holder.limit.kind === "absent" || was.kind !== "undecided" || was.at.scalar !== holder.limit.at.scalar;
  });
  const open = larger === undefined ? null : `how many containers \`${after.object.name}\` gives its default to`;
  return { known: zero, open };
}

function rise(from: Rational, to: Rational): Rational {
  const difference = subtract(to, from);
  return compare(difference, zero) > 0 ? difference : zero;
}
