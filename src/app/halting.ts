import type { Halt } from "../core/decisions/decision.ts";
import type { Entry } from "../core/ledger/entry.ts";
import { haltsOn } from "../core/requirements/halt.ts";
import type { PullRequestSubject } from "../core/subject.ts";
import type { Held, LoopLimits, LoopPorts } from "./held.ts";
import type { Decisions, Judgement, Judgements } from "./ports.ts";
import { publishHalted } from "./publish.ts";

/** Whether GitHub lets it merge as far as this gate goes. */
export function isGreen({ verdict, mode }: Pick<Judgement, "verdict" | "mode">): boolean {
  return verdict === "allow" || mode === "observe";
}

/**
 * Turns red what stands green and is halted, without reading the pull request anew: a whole installation is stopped at the pace at
 * which GitHub takes check runs. Null where nothing of the kind stands. The next look judges it and tells the rest.
 */
export async function withdrawHalted(
  held: Held,
  subject: PullRequestSubject,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<Entry | null> {
  const halts = await ports.decisions.halts(subject.installationId);
  if (halts.length === 0) return null;
  const standing = (await ports.judgements.of(subject))
    .filter(isGreen)
    .map((judgement) => ({ judgement, stoppedBy: haltsOn(halts, subject, judgement.wrote) }))
    .filter(({ stoppedBy }) => stoppedBy.length > 0);
  if (standing.length === 0) return null;
  for (const { judgement, stoppedBy } of standing) await publishHalted(held, judgement, stoppedBy, ports, limits);
  return {
    kind: "halted",
    atMs: ports.clock.now(),
    halts: halts.map(({ id }) => id),
    withdrawnFrom: standing.map(({ judgement }) => judgement.target.headSha),
  };
}

/** How far a halt has come. */
export interface HaltProgress {
  readonly halt: Halt;
  /** Judged pull requests on which it holds, each on every head and base where it stands. */
  readonly stopped: number;
  /** Those of them whose check still stands green. */
  readonly green: number;
}

/** Halts of an installation that nobody has lifted, the oldest first, and how far each has come. */
export async function haltProgress(
  installationId: number,
  ports: { readonly decisions: Pick<Decisions, "halts">; readonly judgements: Pick<Judgements, "ofInstallation"> },
): Promise<readonly HaltProgress[]> {
  const halts = await ports.decisions.halts(installationId);
  if (halts.length === 0) return [];
  const judged = await ports.judgements.ofInstallation(installationId);
  return halts.map((halt) => {
    const stopped = judged.filter(({ subject, wrote }) => haltsOn([halt], subject, wrote).length > 0);
    return { halt, stopped: stopped.length, green: stopped.filter(isGreen).length };
  });
}
