import { unreachable } from "../../lib/assert.ts";
import type { Happening } from "../deployments/evidence.ts";
import type { Version } from "./versions.ts";

/** The success with which a stay begins. */
export interface Start {
  readonly atMs: number;
  readonly sha: string;
  readonly id: number;
  readonly by: string;
}

/** Why what has run does not count any more. */
export type Undoing = "failed" | "unhealthy" | "rolled_back" | "replaced" | "ended" | "expired";

/** What the clock of a change has come to. */
export type Baked =
  | { readonly kind: "complete"; readonly since: Start; readonly expiresMs: number }
  | { readonly kind: "running"; readonly since: Start; readonly readyMs: number }
  | { readonly kind: "undone"; readonly because: Undoing; readonly atMs: number; readonly sha: string }
  | { readonly kind: "never" };

/** One line of what moved the clock. */
export interface Tick {
  readonly atMs: number;
  readonly sha: string;
  readonly id: number;
  readonly effect: "starts" | "goes_on" | Undoing;
  readonly by: string | null;
}

/** What the clock goes by. */
export interface Clockwork {
  /** In the order of time. */
  readonly happenings: readonly Happening[];
  /** What a commit has of the change; null: that is not known. */
  readonly versionOf: (sha: string) => Version | null;
  /** What stands where the change is to go, before it: who gets back to that has taken the change back. */
  readonly before: string;
  /** Whether one commit stood at the tip of its branch before another one; where that is not known it did not. */
  readonly isOlder: (sha: string, than: string) => boolean;
  readonly forMs: number;
  readonly expiresMs: number;
}

interface Stay {
  readonly since: Start;
  /** The latest proof that it goes on. */
  readonly provedMs: number;
}

/**
 * Lets the clock of a change run over all that happened where it bakes. It starts with the first success that is proved, and goes on
 * while that deployment is live, or a later one that has the change unchanged. A failure, a rollback, another version and an end stop
 * it, and the next stay starts from nothing: stays are never added. One that was long enough stands until its proof expires, also
 * after a later version has taken its place; a failure or a rollback takes it back.
 */
export function bakeClock(
  clockwork: Clockwork,
  nowMs: number,
): { readonly baked: Baked; readonly ticks: readonly Tick[] } {
  const { happenings, versionOf, before, isOlder, forMs, expiresMs } = clockwork;
  const earlier = new Set([before]);
  /** Commits that brought the change there, whoever says so. */
  const bringing = new Set<string>();
  const ticks: Tick[] = [];
  let running: Stay | null = null;
  let complete: Stay | null = null;
  let liveId: number | null = null;
  let undone: Extract<Baked, { kind: "undone" }> | null = null;

  const pass = (toMs: number): void => {
    if (running !== null && toMs - running.since.atMs >= forMs) complete = running;
    if (complete !== null && toMs >= complete.provedMs + expiresMs) {
      undone = { kind: "undone", because: "expired", atMs: complete.provedMs + expiresMs, sha: complete.since.sha };
      if (running?.since === complete.since) running = null;
      complete = null;
    }
  };
  const stop = (happening: Happening, because: Undoing, takesBack: boolean): void => {
    const counted = (running !== null && running !== complete) || (takesBack && complete !== null);
    const { atMs, sha, id, by } = happening;
    if (counted) {
      undone = { kind: "undone", because, atMs, sha };
      ticks.push({ atMs, sha, id, by, effect: because });
    }
    running = null;
    if (takesBack) complete = null;
  };

  for (const happening of happenings) {
    pass(Math.min(happening.atMs, nowMs));
    const { kind, sha, id, atMs } = happening;
    const version = versionOf(sha);
    switch (kind) {
      case "went_live":
        if (version?.same === true) {
          bringing.add(sha);
          if (!happening.proved) break;
          liveId = id;
          const since: Start = { atMs: happening.provedMs, sha, id, by: happening.by ?? "" };
          const stay: Stay =
            running === null ? { since, provedMs: since.atMs } : { since: running.since, provedMs: since.atMs };
          if (complete !== null && complete === running) complete = stay;
          ticks.push({ atMs, sha, id, by: happening.by, effect: running === null ? "starts" : "goes_on" });
          running = stay;
          undone = null;
        } else {
          const older = [...bringing].some((one) => isOlder(sha, one));
          const back = version === null || earlier.has(version.digest) || older;
          stop(happening, back ? "rolled_back" : "replaced", back);
          if (version !== null && complete === null) earlier.add(version.digest);
          liveId = null;
        }
        break;
      case "failed":
        stop(happening, "failed", version === null || version.same);
        break;
      case "unhealthy":
        if (version === null || version.same) stop(happening, "unhealthy", true);
        break;
      case "ended":
        if (liveId !== id) break;
        stop(happening, "ended", false);
        liveId = null;
        break;
      default:
        return unreachable(kind);
    }
  }
  pass(nowMs);
  return { baked: outcome(running, complete, undone, forMs, expiresMs), ticks };
}

function outcome(
  running: Stay | null,
  complete: Stay | null,
  undone: Extract<Baked, { kind: "undone" }> | null,
  forMs: number,
  expiresMs: number,
): Baked {
  if (complete !== null) return { kind: "complete", since: complete.since, expiresMs: complete.provedMs + expiresMs };
  if (running !== null) return { kind: "running", since: running.since, readyMs: running.since.atMs + forMs };
  return undone ?? { kind: "never" };
}
