import { type Halt, yetToCome } from "../core/decisions/decision.ts";
import { type Subject, subjectId } from "../core/subject.ts";
import type { Clock, Decisions, Judgement, Judgements, Ledger, Log, Remains } from "./ports.ts";

/** A subject that has failed more often in a row is examined like one that was never looked at. */
const entriesLimit = 100;

export interface MemoryPorts {
  readonly remains: Remains;
  readonly ledger: Ledger;
  readonly judgements: Judgements;
  readonly decisions: Decisions;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whether the store remembers what the App did. A store that was lost may have held halts: until a person resumes, everything stops. */
export interface Memory {
  /**
   * To be awaited before anything is judged in an installation. Where no sweep of it has ever ended and check runs of ours stand on
   * pull requests that the store does not know, or knows from an installation in which a halt still holds, it halts the installation. What
   * halts everywhere comes to hold in it as well. Asks
   * GitHub once in the life of a store, while that works.
   */
  examine(installationId: number, signal: AbortSignal): Promise<void>;
}

export function memory(ports: MemoryPorts): Memory {
  const examined = new Map<number, Promise<void>>();
  return {
    examine: async (installationId, signal) => {
      let examining = examined.get(installationId);
      if (examining === undefined) {
        examining = examine(installationId, ports, signal);
        examined.set(installationId, examining);
      }
      try {
        await examining;
      } catch (error) {
        // What could not be examined is not known: the next look asks again.
        if (examined.get(installationId) === examining) examined.delete(installationId);
        throw error;
      }
    },
  };
}

async function examine(installationId: number, ports: MemoryPorts, signal: AbortSignal): Promise<void> {
  const { remains, ledger, judgements, decisions, clock, log } = ports;
  if (await hasLookedAt({ kind: "sweep_installation", installationId }, ledger)) return;
  for (const halt of await decisions.halts(yetToCome)) {
    const scope = { ...halt.scope, installationId };
    const isNew = await decisions.record({ ...halt, id: `${halt.id}/${installationId}`, scope });
    if (isNew) log.error({ installationId, halt: halt.id }, "a new installation is halted as everywhere is");
  }
  for await (const subject of remains.find(installationId, signal)) {
    const known = await judgements.of(subject);
    if (await wasHalted(installationId, known, decisions)) {
      await decisions.record(halted(installationId, installedAnew, clock.now()));
      log.error({ installationId }, "installed anew while a halt held: halted until a person resumes");
      return;
    }
    if ((await hasLookedAt(subject, ledger)) || known.length > 0) continue;
    await decisions.record(halted(installationId, storeLost, clock.now()));
    log.error(
      { installationId, found: subjectId(subject) },
      "the store has no history, and check runs of ours stand on GitHub: halted until a person resumes",
    );
    return;
  }
}

/** Whether a pull request was judged under another installation in which a halt still holds: taking the App out lifts none. */
async function wasHalted(
  installationId: number,
  known: readonly Judgement[],
  { halts }: Pick<Decisions, "halts">,
): Promise<boolean> {
  const former = new Set(known.map(({ subject }) => subject.installationId));
  former.delete(installationId);
  for (const id of former) if ((await halts(id)).length > 0) return true;
  return false;
}

/** Whether a look at it has ended well. Those that failed are no history: this examination may be what they failed at. */
async function hasLookedAt(subject: Subject, ledger: Ledger): Promise<boolean> {
  return (await ledger.bySubject(subject, entriesLimit)).some(({ entry }) => entry.kind !== "failed");
}

const storeLost =
  "the store was lost: it has no history, and check runs of Sallyport stand on pull requests here; what was halted before is not known";
const installedAnew = "Sallyport was installed anew while a halt held; taking it out lifts none";

/** Of everyone: what was halted before is not known here, so nothing less covers it. */
function halted(installationId: number, reason: string, atMs: number): Halt {
  return {
    kind: "halt",
    id: `store-lost/${installationId}`,
    by: { kind: "operator", name: "Sallyport" },
    atMs,
    reason,
    scope: { kind: "installation", installationId },
    stops: "everyone",
  };
}
