import { canonicalJson } from "../../lib/canonical-json.ts";
import { sha256 } from "../../lib/digest.ts";
import { unreachable } from "../../lib/assert.ts";
import { stoodBefore } from "../bake/arrival.ts";
import { type Baked, bakeClock, type Undoing } from "../bake/clock.ts";
import { withHealth } from "../bake/health.ts";
import type { Version } from "../bake/versions.ts";
import type { TreeEntry } from "../change/build.ts";
import { evidenceOf } from "../deployments/evidence.ts";
import { moment, nextMinute } from "../moments.ts";
import type { Bake, Environment, Policy } from "../policy/schema.ts";
import type { DeploymentFacts, Differing } from "./facts.ts";

/** What a bake of the commit itself has come to. Null: it is not known whether it has run there, and `because` says why. */
export interface BakeAnswer {
  readonly id: string;
  readonly where: string;
  readonly baked: Baked | null;
  readonly because: string;
}

/**
 * The bakes that bind here: those at `deployment` of every environment that this one stands for. What must have run is everything at which
 * the commit and what is live differ, file by file; nothing differing has run long ago. For the whole commit the longest time that any service
 * asks for counts.
 */
export function bakesAtGate(
  environments: readonly Environment[],
  facts: Pick<DeploymentFacts, "baking" | "signals" | "subject">,
  policy: Pick<Policy, "environments" | "services" | "rollback">,
  nowMs: number,
): readonly BakeAnswer[] {
  if (facts.baking?.differing.length === 0) return [];
  return environments.flatMap((environment) =>
    environment.bakes
      .filter(({ at }) => at === "deployment")
      .map((bake) => answerOf(environment, bake, facts, policy, nowMs)),
  );
}

function answerOf(
  environment: Environment,
  bake: Bake,
  { baking, signals, subject }: Pick<DeploymentFacts, "baking" | "signals" | "subject">,
  policy: Pick<Policy, "environments" | "services" | "rollback">,
  nowMs: number,
): BakeAnswer {
  const { environments, services } = policy;
  const told = { id: `bake:${environment.name}:${bake.in}`, where: bake.in };
  const unknown = (because: string): BakeAnswer => ({ ...told, baked: null, because });
  if (baking === null) return unknown("there is nothing to compare it with");
  const where = environments[bake.in];
  const record = baking.record.environments.find((one) => one.environment === bake.in);
  if (where === undefined || record === undefined) return unknown("nothing is known of its deployments");
  if (record.kind === "unknown") return unknown(record.because);
  const { branches, versions } = baking.record;
  const evidence = evidenceOf(record, where, branches, subject.repository);
  const files = new Map(versions.map((version) => [version.sha, version.files]));
  const versionOf = (sha: string): Version | null => {
    const found = files.get(sha);
    return found === undefined || found === null
      ? null
      : versionAt(baking.differing, ({ path }) => found[path] ?? null);
  };
  const { baked } = bakeClock(
    {
      happenings: withHealth(evidence, record, signals, policy),
      versionOf,
      before: versionAt(baking.differing, ({ live }) => live).digest,
      isOlder: (sha, than) => stoodBefore(sha, than, baking.record),
      forMs: Math.max(bake.forMs, ...Object.values(services).map(({ bakeMs }) => bakeMs ?? 0)),
      expiresMs: bake.expiresMs,
    },
    nowMs,
  );
  const ignored = evidence.unproved.findLast(({ sha }) => versionOf(sha)?.same === true);
  const because = ignored === undefined ? "" : `; deployment ${ignored.id} does not count, for ${ignored.because}`;
  return { ...told, baked, because };
}

function versionAt(differing: readonly Differing[], entryOf: (one: Differing) => TreeEntry | null): Version {
  const shown = differing.map((one) => {
    const entry = entryOf(one);
    return [one.path, entry?.mode ?? null, entry?.sha ?? null];
  });
  const same = differing.every((one) => {
    const entry = entryOf(one);
    return entry?.sha === one.head?.sha && entry?.mode === one.head?.mode;
  });
  return { same, digest: sha256(canonicalJson(shown)) };
}

/** A clause on how far it has come, and when that changes by itself. */
export function bakeTold(
  { where, baked, because }: BakeAnswer,
  timezone: string,
): {
  readonly now: string;
  readonly state: "met" | "waiting" | "missing";
  readonly untilMs: number | null;
} {
  const at = (ms: number): string => moment(ms, timezone);
  if (baked === null) {
    return { now: `whether it has run in \`${where}\` is not known: ${because}`, state: "missing", untilMs: null };
  }
  switch (baked.kind) {
    case "complete":
      return {
        now: `it has run in \`${where}\` since ${at(baked.since.atMs)}, and that counts until ${at(baked.expiresMs)}`,
        state: "met",
        untilMs: baked.expiresMs,
      };
    case "running":
      return {
        now: `it has run in \`${where}\` since ${at(baked.since.atMs)}, long enough at ${at(nextMinute(baked.readyMs))}`,
        state: "waiting",
        untilMs: baked.readyMs,
      };
    case "undone":
      return {
        now: `its run in \`${where}\` ${undoings[baked.because]} ${at(baked.atMs)}, and starts over with its next success there${because}`,
        state: "waiting",
        untilMs: null,
      };
    case "never":
      return { now: `it has not run in \`${where}\`${because}`, state: "waiting", untilMs: null };
    default:
      return unreachable(baked);
  }
}

const undoings: Readonly<Record<Undoing, string>> = {
  failed: "failed at",
  unhealthy: "was called unhealthy at",
  rolled_back: "was rolled back at",
  replaced: "was ended by another version at",
  ended: "ended at",
  expired: "counts no longer since",
};
