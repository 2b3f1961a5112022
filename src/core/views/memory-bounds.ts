import { unreachable } from "../../lib/assert.ts";
import { type Bound, type Crossing, crossing, tightest } from "../../lib/bound.ts";
import {
  add,
  compare,
  divide,
  formatQuantity,
  multiply,
  type Rational,
  subtract,
  whole,
  zero,
} from "../../lib/quantity.ts";
import type { Table } from "../rule.ts";
import { type Held, type Holder, podMemory, roomOf } from "./memory.ts";
import type { Member, Pool } from "./pools.ts";
import type { Count, Workload } from "./workloads.ts";

export type ExactLimit = Extract<Holder["limit"], { readonly kind: "exact" }>;

/** One bound that a memory limit was held against, as a row of the report and as the room that it leaves. */
export interface Row {
  readonly cells: readonly [bound: string, before: string, after: string, allowed: string, outcome: string];
  readonly crossed: Crossing | null;
  /** What the message says where the bound is crossed. */
  readonly clause: string;
  /** The largest limit that passes the row without anybody asked, and at all; null: the row does not limit it. */
  readonly clean: Rational | null;
  readonly most: Rational | null;
  readonly from: { readonly key: string; readonly value: string } | null;
  /** Whether it is the bound of a node pool, which all pods of the workload share. */
  readonly pool: boolean;
}

/** A memory limit that grew, or that is new with its container. */
export interface Growth {
  readonly workload: Workload;
  readonly before: Workload | undefined;
  readonly holder: Holder;
  readonly was: ExactLimit | null;
  /** True where something stood before of which the amount is not known. */
  readonly wasExpression: boolean;
  readonly limit: ExactLimit;
}

/** The columns of a table of rows. */
export const columns = ["Bound", "Before", "After", "Allowed", ""];

function percent(ratio: Rational): string {
  const tenths = (ratio.numerator * 1000n) / ratio.denominator;
  return tenths % 10n === 0n ? `+${tenths / 10n} %` : `+${tenths / 10n}.${tenths % 10n} %`;
}

function outcome(crossed: Crossing | null, over: string): string {
  return crossed === null ? "" : crossed === "max" ? `blocks, ${over} over` : "asks a person";
}

export function growthRow({ was, limit, holder }: Growth, bound: Bound): Row | null {
  const allowed = tightest(bound);
  if (was === null || allowed === null || compare(was.value, zero) <= 0) return null;
  const ratio = divide(subtract(limit.value, was.value), was.value);
  const crossed = crossing(bound, ratio);
  const decisive = (crossed === "max" ? bound.max : null) ?? allowed;
  const upTo = (share: Rational): Rational => multiply(was.value, add(whole(1), share));
  return {
    cells: [
      "Growth of the limit",
      was.written,
      `${limit.written} (${percent(ratio)})`,
      `${percent(decisive)} = ${formatQuantity(upTo(decisive))}`,
      outcome(crossed, formatQuantity(subtract(limit.value, upTo(decisive)))),
    ],
    crossed,
    clause: `memory limit ${was.written} → ${limit.written} of \`${holder.name}\` is ${percent(ratio)}, above ${percent(decisive)}`,
    clean: upTo(allowed),
    most: bound.max === null ? null : upTo(bound.max),
    from: { key: "limits.kubernetes.memory_increase", value: percent(decisive) },
    pool: false,
  };
}

export function podRow({ workload, before, holder }: Growth, bound: Bound): Row | null {
  const allowed = tightest(bound);
  if (allowed === null) return null;
  const pod = podMemory(workload).known;
  const crossed = crossing(bound, pod);
  const decisive = (crossed === "max" ? bound.max : null) ?? allowed;
  const over = formatQuantity(subtract(pod, decisive));
  return {
    cells: [
      "Limit of one pod",
      before === undefined ? "none" : formatQuantity(podMemory(before).known),
      formatQuantity(pod),
      formatQuantity(decisive),
      outcome(crossed, over),
    ],
    crossed,
    clause: `${formatQuantity(pod)} for one pod of \`${workload.object.name}\` is ${over} over ${formatQuantity(decisive)}`,
    clean: roomOf(workload, holder, allowed),
    most: bound.max === null ? null : roomOf(workload, holder, bound.max),
    from: { key: "limits.kubernetes.memory_per_pod", value: formatQuantity(decisive) },
    pool: false,
  };
}

function product(
  workload: Workload | undefined,
  held: Held,
): { readonly text: string; readonly value: Rational | null } {
  if (workload === undefined) return { text: "none", value: zero };
  const { known } = podMemory(workload, held);
  if (workload.count.kind !== "exact") return { text: `? × ${formatQuantity(known)}`, value: null };
  const value = multiply(known, whole(workload.count.pods));
  return { text: `${workload.count.pods} × ${formatQuantity(known)} = ${formatQuantity(value)}`, value };
}

export function totalRow(workload: Workload, before: Workload | undefined, held: Held = "memory"): Row {
  const [was, is] = [product(before, held), product(workload, held)];
  const grown = was.value === null || is.value === null ? null : subtract(is.value, was.value);
  const change = grown === null ? "" : `${compare(grown, zero) < 0 ? "" : "+"}${formatQuantity(grown)}`;
  return {
    cells: [`All pods of ${workload.object.name}`, was.text, is.text, "", change],
    crossed: null,
    clause: "",
    clean: null,
    most: null,
    from: null,
    pool: false,
  };
}

/** `room` turns what the pool leaves for one pod of the workload into the figure that is looked for. */
export function poolRow(pool: Pool, member: Member, room: (perPod: Rational) => Rational): Row {
  const { count } = member.workload;
  const grew = compare(pool.after, pool.before) > 0;
  const crossed = grew && compare(pool.after, pool.allowed) > 0 ? "max" : null;
  const others = subtract(pool.after, member.after?.known ?? zero);
  const pods = count.kind === "exact" ? count.pods : 1;
  const left = pods === 0 ? null : room(divide(subtract(pool.allowed, others), whole(pods)));
  const [after, allowed] = [formatQuantity(pool.after), formatQuantity(pool.allowed)];
  return {
    cells: [
      `Node pool ${pool.name}`,
      formatQuantity(pool.before),
      after,
      allowed,
      outcome(crossed, formatQuantity(subtract(pool.after, pool.allowed))),
    ],
    crossed,
    clause: `pool \`${pool.name}\` would hold ${outOf(after, allowed)}`,
    clean: left,
    most: left,
    from: { key: `capacity.${pool.name}.${pool.held}`, value: allowed },
    pool: true,
  };
}

/** `37 of 32Gi`: a unit that both share stands once. */
function outOf(held: string, allowed: string): string {
  const unit = /[A-Za-z]*$/u.exec(allowed)?.[0] ?? "";
  return unit !== "" && held.endsWith(unit) ? `${held.slice(0, -unit.length)} of ${allowed}` : `${held} of ${allowed}`;
}

/** What the crossed bounds say together, what blocks first: that much of a message is the title of a check run. */
export function clausesOf(rows: readonly Row[], workload: Workload, held: Held = "memory"): readonly string[] {
  const crossed = (by: Crossing) => rows.filter((row) => row.crossed === by).toReversed();
  const clauses = [...crossed("max"), ...crossed("reviewAbove")].map(({ clause }) => clause);
  return rows.some(({ pool, crossed: by }) => pool && by !== null) ? [needOf(workload, held), ...clauses] : clauses;
}

function needOf(workload: Workload, held: Held): string {
  const { count, object } = workload;
  const name = `\`${object.name}\``;
  const pod = podMemory(workload, held).known;
  switch (count.kind) {
    case "exact":
      return `${name} needs ${formatQuantity(multiply(pod, whole(count.pods)))} for ${count.pods} pod${count.pods === 1 ? "" : "s"}`;
    case "undecided":
    case "per-node":
      return `${name} needs ${formatQuantity(pod)} for each pod`;
    default:
      return unreachable(count);
  }
}

export function workings(pool: Pool, member: Member): Table {
  const shown = 5;
  const line = ({ workload, change, before, after }: Member): readonly string[] => [
    workload === member.workload ? `${workload.object.name} (this change)` : workload.object.name,
    arrow(podsText(change.before?.count), podsText(change.after?.count)),
    arrow(limitText(change.before, pool.held), limitText(change.after, pool.held)),
    arrow(sumText(before), sumText(after)),
  ];
  const others = pool.members.filter((other) => other !== member);
  const rest = others.slice(shown - 1);
  const sum = rest.reduce((so, { after }) => add(so, after?.known ?? zero), zero);
  return {
    title: `How the figure of node pool ${pool.name} comes about: ${pool.members.length} workloads, ${formatQuantity(pool.before)} → ${formatQuantity(pool.after)}`,
    columns: ["Workload", "Replicas", "Limit", "Sum"],
    rows: [
      line(member),
      ...others.slice(0, shown - 1).map(line),
      ...(rest.length === 0 ? [] : [[`${rest.length} others`, "", "", formatQuantity(sum)]]),
    ],
  };
}

function arrow(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`;
}
function podsText(count: Count | undefined): string {
  return count === undefined ? "none" : count.kind === "exact" ? String(count.pods) : "?";
}
function limitText(workload: Workload | undefined, held: Held): string {
  return workload === undefined ? "none" : formatQuantity(podMemory(workload, held).known);
}
function sumText(sum: Member["before"]): string {
  return sum === null ? "none" : formatQuantity(sum.known);
}
