import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { canonicalJson } from "../lib/canonical-json.ts";
import type { Facts, PersonFacts } from "../core/facts.ts";
import { effectOn } from "../core/evaluate/effects.ts";
import type { Effect, PolicyEffects } from "../core/policy/effects.ts";
import { policiesAfter } from "../core/policy/proposed.ts";
import { type PullRequestSubject, subjectId, type SweepSubject } from "../core/subject.ts";
import { bounded, type Held, leftMs, type LoopLimits, type LoopPorts } from "./held.ts";
import { RetryLater } from "./ports.ts";
import { remembered } from "./remembered.ts";

/** The newest ones: each costs what a look of its own costs. */
const LOOKED_AT = 30;
const AT_ONCE = 3;

/** A change of the policy as it was judged. */
interface Changing {
  readonly facts: Facts;
  readonly evaluation: Evaluation;
}

/** What is known of it without asking anybody: why it is not found out, or what was told lately; null: neither. */
export function knownEffects(changing: Changing, { told, clock }: LoopPorts): PolicyEffects | null {
  const { facts } = changing;
  const because = untoldBecause(changing);
  return because === null ? told.get(keyOf(facts), clock.now()) : { kind: "untold", because };
}

function untoldBecause({ facts, evaluation: { policyChange, provenance } }: Changing): string | null {
  if (policyChange === null) return "it does not change the policy";
  // Whoever can open pull requests, or have an agent open them, could else have us ask GitHub without end.
  if (provenance.author === "agent") return "it is refused as it is";
  if (isForeign(facts)) return "it comes from a fork of somebody who is not known to write here";
  if (policyChange.mistakes.length > 0) return "the policy could not be used after it";
  return policyChange.outdated.length > 0 ? "its branch has another version of the policy by now" : null;
}

function isForeign({ head, pullRequest, writers }: Facts): boolean {
  const mayWrite = ({ account, permission }: PersonFacts): boolean =>
    account.id === pullRequest.author.id && (permission === "write" || permission === "admin");
  return head.fromFork && writers?.some(mayWrite) !== true;
}

function keyOf({ subject, head, base }: Facts): string {
  return canonicalJson([subjectId(subject), head.sha, base.ref]);
}

/**
 * Finds out what a change of the policy would do to the other open pull requests of its repository. Never rejects and takes no longer
 * than `limits.effectsMs`: it is for the reader, and nothing may wait or fail because of it.
 */
export async function findEffects(
  held: Held,
  { facts }: Changing,
  ports: LoopPorts,
  limits: LoopLimits,
): Promise<PolicyEffects> {
  // One publication still follows.
  const timeMs = Math.min(limits.effectsMs, leftMs(held, ports, limits) - 2 * limits.publishMs);
  const effects = await tell(held, facts, timeMs, ports);
  const nowMs = ports.clock.now();
  ports.told.set(keyOf(facts), effects, nowMs + limits.resyncMs);
  return effects;
}

async function tell(held: Held, facts: Facts, timeMs: number, ports: LoopPorts): Promise<PolicyEffects> {
  const judged = new Map<number, Effect | null>();
  // What is begun later could not be told in time any more, and took what was found out with it.
  const lastStartMs = ports.clock.monotonicMs() + timeMs / 2;
  try {
    return await bounded([held.stopping], timeMs, async (signal) => {
      const { items, next } = await ports.lister.page(othersOf(facts), null, signal);
      const others = items.flatMap((item) =>
        item.kind === "pull_request" && item.number !== facts.subject.number ? [item] : [],
      );
      const looked = others.slice(0, LOOKED_AT);
      const older = { older: others.length - looked.length, olderAtLeast: next !== null };
      let gone = 0;
      try {
        for (let from = 0; from < looked.length && ports.clock.monotonicMs() <= lastStartMs; from += AT_ONCE) {
          await Promise.all(
            looked.slice(from, from + AT_ONCE).map(async (other) => {
              const effect = await effectOnOne(other, facts, ports, signal);
              if (effect === "gone") gone += 1;
              else if (effect !== "untold") judged.set(other.number, effect);
            }),
          );
        }
      } catch (error) {
        // GitHub's limit is used up: what is known by now is told.
        if (!(error instanceof RetryLater)) throw error;
      }
      const effects = [...judged.values()].filter((effect) => effect !== null);
      return {
        kind: "told",
        effects: effects.toSorted((a, b) => a.number - b.number),
        judged: judged.size,
        untold: looked.length - gone - judged.size,
        ...older,
      };
    });
  } catch (error) {
    ports.log.warn(
      { error, subject: subjectId(facts.subject) },
      "what a change of the policy would do was not found out",
    );
    return { kind: "untold", because: "that could not be found out in time" };
  }
}

/** A policy of the organisation decides about all its repositories; those of this one are listed. */
function othersOf({ subject, base }: Facts): SweepSubject {
  const { installationId, repository } = subject;
  return base.isDefault
    ? { kind: "sweep_repository", installationId, repository }
    : { kind: "sweep_base", installationId, repository, baseRef: base.ref };
}

async function effectOnOne(
  other: PullRequestSubject,
  changing: Facts,
  ports: LoopPorts,
  signal: AbortSignal,
): Promise<Effect | null | "untold" | "gone"> {
  try {
    const collected = await ports.effects.collectBoth(other, (present) => policiesAfter(changing, present), signal);
    if (collected === null) return "gone";
    const nowMs = ports.clock.now();
    const [present, changed] = await Promise.all(
      [collected.present, collected.changed].map(async ({ facts, policies }) =>
        ports.evaluator.evaluate(await remembered(facts, ports), policies, nowMs),
      ),
    );
    if (present === undefined || changed === undefined) return "untold";
    if ([present, changed].some(({ gaps }) => gaps.some(({ id }) => id === "not-evaluated"))) return "untold";
    return effectOn(other.number, present, changed);
  } catch (error) {
    if (error instanceof RetryLater || signal.aborted) throw error;
    ports.log.warn({ error, subject: subjectId(other) }, "a pull request could not be judged by a changed policy");
    return "untold";
  }
}
