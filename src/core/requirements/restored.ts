import type { Overridden, Requirement, RestoreProof, RestoreTold } from "../evaluate/evaluation.ts";
import { moment } from "../moments.ts";
import type { Policy } from "../policy/schema.ts";
import { approvals, type Ask } from "./approvals.ts";
import type { Grounds, Opinions } from "./eligibility.ts";
import { freezeId } from "./freeze.ts";
import type { Restoring } from "./restore.ts";
import { capacityId } from "./sums.ts";

/** Null: the change is no restore, or the policy has none. `asksBut`: who is asked for otherwise, if it is approved. */
export function restoreTold(
  found: Restoring | null,
  asksBut: (lift: Pick<RestoreTold, "skips" | "asks">) => readonly Ask[],
  given: Opinions,
  grounds: Grounds,
): RestoreTold | null {
  const { restore, approvals: rules, timezone } = grounds.policy;
  if (restore === null || found?.kind !== "proved") return null;
  const { proof } = found;
  const because = `restore of ${proof.paths === 1 ? "1 file" : `${proof.paths} files`}`;
  const own = restore.approvals.map(
    ({ count, from }, i): Ask => ({ id: `restore:${i + 1}`, count, from: [from], because }),
  );
  const asks = asksBut({ skips: restore.skips, asks: [] });
  const ids = new Set(own.map(({ id }) => `approvals:${id}`));
  // One person has one seat: who approves the restore must be missing nowhere else.
  const together = approvals([...asks, ...own], given, grounds);
  const alone = approvals(asks, given, grounds);
  const taken = rules.distinctTeams && alone.some((row) => isMet(row) && !together.some((one) => same(one, row)));
  const mine = together.filter(({ id }) => ids.has(id));
  const told = mine.map((row, i): Requirement => {
    const skipped = restore.skips.length === 0 ? "nothing" : restore.skips.join(", ");
    const now = taken && isMet(row) ? `${row.now}, who are needed for other requirements` : row.now;
    return {
      ...row,
      id: `restore:${i + 1}`,
      kind: "restore",
      now: `${now}; it skips ${skipped}, for it returns to ${provedBy(proof, timezone)}`,
      state: taken ? { kind: "missing" } : row.state,
      laterMs: Math.min(row.laterMs ?? proof.expiresMs, proof.expiresMs),
    };
  });
  return { proof, skips: restore.skips, approved: told.length > 0 && told.every(isMet), asks: told };
}

function isMet({ state }: Requirement): boolean {
  return state.kind === "met";
}

function same(a: Requirement, b: Requirement): boolean {
  return a.id === b.id && a.state.kind === b.state.kind;
}

/** "`1f2e3d4c5b6a`, which stood on the branch from ... until ... and ran in `production` since ... (run 8812 ...)". */
function provedBy({ sha, stoodFromMs, stoodUntilMs, ran }: RestoreProof, timezone: string): string {
  const at = (ms: number): string => moment(ms, timezone);
  const where = ran.map(({ environment, atMs, by }) => `in \`${environment}\` from ${at(atMs)} (${by})`);
  const stood = `stood on the base branch from ${at(stoodFromMs)} until ${at(stoodUntilMs)}`;
  return `\`${sha.slice(0, 12)}\`, which ${stood} and ran ${where.join(", ")}`;
}

/**
 * What a restore makes of the other requirements. Once it is approved, those that it skips are met. Until then they stay as they are,
 * except that an open freeze asks for the approval instead of blocking: so no proof ever makes anything stricter. Where the change is no
 * restore, those say why. `withoutRun`: a gap is open because nothing has baked.
 */
export function withRestore(
  requirements: readonly Requirement[],
  found: Restoring | null,
  told: RestoreTold | null,
  policy: Pick<Policy, "restore" | "freezes">,
  withoutRun: boolean,
): readonly Requirement[] {
  const open = requirements.filter((row) => !isMet(row) && mayLift(row, policy));
  const gone = withoutRun && policy.restore?.skips.includes("bake") === true;
  if (found === null || (open.length === 0 && !gone)) return requirements;
  const changed = requirements.map((row) => {
    if (!open.includes(row)) return row;
    if (found.kind === "not_proved") return { ...row, now: `${row.now}; no restore: ${found.because}` };
    if (told?.approved === true) return { ...row, now: `skipped by a restore; else ${row.now}`, state: met };
    return row.state.kind === "failed" ? { ...row, ...onceApproved } : row;
  });
  return told === null ? changed : [...changed, ...(gone ? told.asks : shownFor(told, open))];
}

/** The approvals of a restore, never worse than what they would lift. */
export function shownFor({ asks }: RestoreTold, lifted: readonly Requirement[]): readonly Requirement[] {
  const onlyTime = lifted.every(({ state }) => state.kind === "waiting");
  return asks.map((row) => (onlyTime && !isMet(row) ? { ...row, state: { kind: "waiting", untilMs: null } } : row));
}

const met = { kind: "met" } as const;
const onceApproved = {
  from: "those who may approve a restore",
  actor: "people",
  state: { kind: "missing" },
} as const;

/** A freeze must say so itself: else whoever allows restores would lift those of others. */
function mayLift({ id, kind }: Requirement, { restore, freezes }: Pick<Policy, "restore" | "freezes">): boolean {
  const skips = restore?.skips ?? [];
  switch (kind) {
    case "freeze":
      return skips.includes("freezes") && freezes.some((freeze, i) => freeze.exceptRestore && freezeId(i) === id);
    case "bake":
      return skips.includes("bake");
    case "budget":
      return skips.includes("budgets") && isSkippable({ id });
    case "approvals":
    case "auto_merge":
    case "autonomy":
    case "declared_plan":
    case "findings":
    case "gaps":
    case "halt":
    case "operation":
    case "own_identity":
    case "policy":
    case "policy_change":
    case "restore":
    case "ticket":
      return false;
  }
}

/** What a node pool holds is no rule that a policy could waive: a return to a former state has to fit in as well. */
export function isSkippable({ id }: Pick<Requirement, "id">): boolean {
  return !id.startsWith(capacityId);
}

/** Whether its bakes are skipped. */
export function skipsBake(told: RestoreTold | null): boolean {
  return told?.approved === true && told.skips.includes("bake");
}

/** With the gaps of bakes that it lifts, beside what people lift by command. */
export function liftedBy(
  { skips, asks }: Pick<RestoreTold, "skips" | "asks">,
  missed: readonly string[],
  lifted: ReadonlyMap<string, Overridden>,
): ReadonlyMap<string, Overridden> {
  if (!skips.includes("bake")) return lifted;
  const by = [...new Set(asks.flatMap(({ counted }) => counted))];
  const lift = { by, reasons: ["a restore of what production ran"], glassUntilMs: null };
  return new Map([...missed.map((id) => [id, lift] as const), ...lifted]);
}
