import { type Memory, remembered } from "../../app/remembered.ts";
import type { Tools } from "../../core/syntax.ts";
import { evaluateBy } from "../../core/evaluate/from-sources.ts";
import type { Evaluation } from "../../core/evaluate/evaluation.ts";
import { version } from "../../version.ts";
import { factReader } from "../scenario/fact-reader.ts";
import type { Stage } from "../scenario/stage.ts";
import { mergeableState } from "../state/merging.ts";
import type { PullRequest } from "../state/model.ts";
import { openPulls } from "../state/pulls.ts";
import { amiss } from "./yardstick.ts";

const collectMs = 90_000;

/** Tells what GitHub lets through and must not. It changes nothing, but for GitHub's log of requests. */
export interface Oracle {
  /** Open pull requests that could be merged now. */
  permitted(): readonly PullRequest[];
  /** Why this pull request must not be merged now, as sentences; none: it may. */
  against(pull: PullRequest, memory: Memory): Promise<readonly string[]>;
  /** The pull request judged afresh; null where it is no longer there to be judged. */
  judge(pull: PullRequest, memory: Memory): Promise<Evaluation | null>;
}

export function oracleOf(stage: Stage, installationId: number, tools: Tools): Oracle {
  const { world } = stage.github;
  const freshFacts = factReader(stage);
  const judge = async ({ number }: PullRequest, memory: Memory): Promise<Evaluation | null> => {
    const { id, name } = stage.repository.state;
    const repository = { id, owner: "acme", name };
    const subject = { kind: "pull_request", installationId, repository, number } as const;
    return await stage.github.withoutFailures(async () => {
      const collected = await freshFacts().collect(subject, AbortSignal.timeout(collectMs));
      if (collected.kind === "gone") return null;
      const facts = await remembered(collected.facts, memory);
      return evaluateBy(facts, collected.policies, tools, stage.clock.nowMs, version);
    });
  };
  return {
    permitted: () => openPulls(stage.repository.state).filter((pull) => mergeableState(world, pull) === "clean"),
    against: async (pull, memory) => {
      const evaluation = await judge(pull, memory);
      if (evaluation === null) return ["it is gone, and GitHub would merge it"];
      if (evaluation.policy.mode === "observe") return [];
      const { verdict, findings, requirements, gaps } = evaluation;
      const open = [
        ...findings.filter(({ level }) => level !== "observe").map(({ id }) => id),
        ...gaps.map(({ id }) => id),
        ...requirements.filter(({ state }) => state.kind !== "met").map(({ what, now }) => `${what}: ${now}`),
      ];
      return [
        ...(verdict === "allow" ? [] : [`judged afresh it is ${verdict} (${open.join("; ")})`]),
        ...amiss(world, pull).map((sentence) => `by the yardstick, ${sentence}`),
      ];
    },
    judge,
  };
}
