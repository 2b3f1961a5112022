import { byCodeUnits } from "../../lib/order.ts";
import { add, compare, multiply, type Rational, subtract, whole, zero } from "../../lib/quantity.ts";
import type { Policy } from "../policy/schema.ts";
import type { FileReach } from "../reach/reach.ts";
import type { UnreadContext } from "./kubernetes.ts";
import { type Held, holders, type Sum, workloadMemory } from "./memory.ts";
import type { Workload, WorkloadChange } from "./workloads.ts";

/** A workload in a pool, with what its pods may take together; null on a side where it is not in the pool. */
export interface Member {
  readonly change: WorkloadChange;
  readonly workload: Workload;
  readonly before: Sum | null;
  readonly after: Sum | null;
}

/** A node pool of the policy and all that is promised in it, before and after. */
export interface Pool {
  readonly name: string;
  readonly held: Held;
  /** What may be promised: what the pool has, less its headroom. */
  readonly allowed: Rational;
  readonly before: Rational;
  readonly after: Rational;
  /** The largest first. */
  readonly members: readonly Member[];
  /** Why the sum may be more than is known, one clause each. Empty: nothing was left out. */
  readonly open: readonly string[];
}

type Reach = (path: string) => Pick<FileReach, "targets" | "unresolved">;

/**
 * The pools whose memory (or cores) the policy states, with the workloads of their environments. A workload of which nothing tells where it runs
 * may run in production: it counts in the pools there, and leaves their sums open, since its neighbours are not known either.
 */
export function memoryPools(
  capacity: Policy["capacity"],
  changes: readonly WorkloadChange[],
  unread: readonly UnreadContext[],
  reach: Reach,
  isProduction: (environment: string) => boolean,
  held: Held = "memory",
): readonly Pool[] {
  return capacity.flatMap((pool) => {
    const has = pool[held];
    if (has === null) return [];
    const mayHold = pool.environments.some(isProduction);
    const known = (path: string): boolean =>
      reach(path).targets.some(({ environment }) => pool.environments.includes(environment));
    const holds = (path: string): boolean => known(path) || (mayHold && reach(path).unresolved);
    const members = withoutPatched(
      changes.flatMap((change) => memberOf(change, holds, held)),
      held,
    ).toSorted(bySize);
    return {
      name: pool.name,
      held,
      allowed: multiply(has, subtract(whole(1), pool.headroom)),
      // What came to stand twice in a file stood there once.
      before: total([...new Map(members.map(({ change, before }) => [change.before, before])).values()]),
      after: total(members.map(({ after }) => after)),
      members,
      open: [
        ...members.flatMap(({ after }) => after?.open ?? []),
        ...members
          .filter(({ workload }) => !known(workload.object.path))
          .map(({ workload }) => `nothing tells whether \`${workload.object.path}\` runs here`),
        ...unread.filter(({ path }) => holds(path)).map(({ path, reason }) => `\`${path}\` cannot be read: ${reason}`),
      ],
    };
  });
}

function memberOf(change: WorkloadChange, holds: (path: string) => boolean, held: Held): readonly Member[] {
  const side = (workload: Workload | undefined): Sum | null =>
    workload !== undefined && holds(workload.object.path) && !saysNothing(workload, held)
      ? workloadMemory(workload, held)
      : null;
  const [before, after] = [side(change.before), side(change.after)];
  const workload = change.after ?? change.before;
  return workload === undefined || (before === null && after === null) ? [] : [{ change, workload, before, after }];
}

/** A patch of something else than how many pods there are and what they take. */
export function saysNothing(workload: Workload, held: Held = "memory"): boolean {
  const { object, count } = workload;
  const silent = holders(workload, held).every(({ limit }) => limit.kind === "absent");
  return object.patch && silent && count.kind === "undecided" && count.at === object.root;
}

/** What a patch in the same pool replaces in full counts once. One that says less stays beside it: rather too much than too little. */
function withoutPatched(members: readonly Member[], held: Held): readonly Member[] {
  const replaced = (workload: Workload | undefined, side: (member: Member) => Workload | undefined): boolean =>
    workload !== undefined &&
    !workload.object.patch &&
    members.some((member) => replaces(side(member), workload, held));
  return members
    .map((member) => ({
      ...member,
      before: replaced(member.change.before, ({ change, before }) => (before === null ? undefined : change.before))
        ? null
        : member.before,
      after: replaced(member.change.after, ({ change, after }) => (after === null ? undefined : change.after))
        ? null
        : member.after,
    }))
    .filter(({ before, after }) => before !== null || after !== null);
}

function replaces(patch: Workload | undefined, { object, containers }: Workload, held: Held): boolean {
  if (patch?.object.patch !== true || patch.object.kind !== object.kind || patch.object.name !== object.name)
    return false;
  const named = new Set(patch.containers.map(({ name }) => name));
  return (
    workloadMemory(patch, held).open === null &&
    containers.length > 0 &&
    containers.every(({ name }) => named.has(name))
  );
}

function total(sums: readonly (Sum | null)[]): Rational {
  return sums.reduce((so, sum) => (sum === null ? so : add(so, sum.known)), zero);
}

function bySize(a: Member, b: Member): number {
  const size = ({ before, after }: Member): Rational => (after ?? before)?.known ?? zero;
  const [left, right] = [a.workload.object, b.workload.object];
  return compare(size(b), size(a)) || byCodeUnits(left.name, right.name) || byCodeUnits(left.path, right.path);
}
