import type { Decidable } from "../../app/ports.ts";
import { type Memory, remembered } from "../../app/remembered.ts";
import type { Tools } from "../../core/syntax.ts";
import { evaluateBy } from "../../core/evaluate/from-sources.ts";
import type { Evaluation } from "../../core/evaluate/evaluation.ts";
import { program } from "../../version.ts";
import { factReader } from "../scenario/fact-reader.ts";
import type { Stage } from "../scenario/stage.ts";
import type { MergeGroupSubject } from "../../core/subject.ts";
import { mergeableState } from "../state/merging.ts";
import type { GroupMember, MergeGroupRequest, PullRequest } from "../state/model.ts";
import { openPulls } from "../state/pulls.ts";
import { treeOf } from "../state/repositories.ts";
import { effectiveBase } from "../state/stacks.ts";
import type { Brakes } from "./brakes.ts";
import { bases } from "./shop.ts";
import { amiss, type Landing } from "./yardstick.ts";

const collectMs = 90_000;

/** Tells what GitHub lets through and must not. It changes nothing, but for GitHub's log of requests. */
export interface Oracle {
  /** Open pull requests onto a protected branch that could be merged now, or queued to be. */
  permitted(): readonly PullRequest[];
  /** Why this pull request must not be merged now, as sentences; none: it may. */
  against(pull: PullRequest, memory: Memory): Promise<readonly string[]>;
  /** The same of each that would land with the merge group of this commit, as it would land. Empty: there is no such group. */
  againstGroup(headSha: string, memory: Memory): Promise<ReadonlyMap<PullRequest, readonly string[]>>;
}

export function oracleOf(stage: Stage, installationId: number, tools: Tools, brakes: Brakes): Oracle {
  const { world } = stage.github;
  const { state } = stage.repository;
  const freshFacts = factReader(stage);
  const here = (): MergeGroupSubject["repository"] => ({ id: state.id, owner: "acme", name: state.name });
  const evaluate = async ({ facts, policies }: Decidable, memory: Memory): Promise<Evaluation> =>
    evaluateBy(await remembered(facts, memory), policies, tools, stage.clock.nowMs, program);
  const told = (pull: PullRequest, evaluation: Evaluation, landing?: Landing): readonly string[] => {
    const halted = brakes.against(pull);
    if (evaluation.policy.mode === "observe") return halted;
    return [
      ...halted,
      ...notAllowed(evaluation),
      ...amiss(world, pull, landing).map((sentence) => `by the yardstick, ${sentence}`),
    ];
  };
  return {
    permitted: () =>
      openPulls(state).filter((pull) => isProtected(effectiveBase(pull)) && mergeableState(world, pull) === "clean"),
    against: async (pull, memory) => {
      const subject = { kind: "pull_request", installationId, repository: here(), number: pull.number } as const;
      return await stage.github.withoutFailures(async () => {
        const collected = await freshFacts().collect(subject, AbortSignal.timeout(collectMs));
        if (collected.kind === "gone") return ["it is gone, and GitHub would merge it"];
        return told(pull, await evaluate(collected, memory));
      });
    },
    againstGroup: async (headSha, memory) => {
      const members = [...state.queues.values()]
        .flatMap(({ groups }) => groups)
        .find((group) => group.members.some((member) => member.headSha === headSha))?.members;
      const request = members?.find((member) => member.headSha === headSha)?.request;
      if (members === undefined || request === null || request === undefined) return new Map();
      const subject = groupSubject(request, { installationId, repository: here(), defaultBranch: state.defaultBranch });
      return await stage.github.withoutFailures(async () => {
        const collected = await freshFacts().collectGroup(subject, AbortSignal.timeout(collectMs));
        if (collected.kind === "gone") return new Map();
        const evaluations = new Map<number, Evaluation>();
        for (const member of collected.members) {
          evaluations.set(member.facts.subject.number, await evaluate(member, memory));
        }
        return new Map(
          landingBy(members, request).map((member) => {
            const { pull } = member.entry;
            const evaluation = evaluations.get(pull.number);
            const trees = { before: treeOf(state, member.baseSha), after: treeOf(state, member.headSha) };
            if (evaluation === undefined) return [pull, ["nobody has judged it in its group"]];
            return [pull, told(pull, evaluation, trees)];
          }),
        );
      });
    },
  };
}

function isProtected(branch: string): boolean {
  return bases.some((base) => base === branch);
}

function notAllowed({ verdict, findings, requirements, gaps }: Evaluation): readonly string[] {
  if (verdict === "allow") return [];
  const open = [
    ...findings.filter(({ level }) => level !== "observe").map(({ id }) => id),
    ...gaps.map(({ id }) => id),
    ...requirements.filter(({ state }) => state.kind !== "met").map(({ what, now }) => `${what}: ${now}`),
  ];
  return [`judged afresh it is ${verdict} (${open.join("; ")})`];
}

/** Those between the two commits of a request. */
function landingBy(members: readonly GroupMember[], { baseSha, headSha }: MergeGroupRequest): readonly GroupMember[] {
  const first = members.findIndex((member) => member.baseSha === baseSha);
  const last = members.findIndex((member) => member.headSha === headSha);
  return members.slice(first, last + 1);
}

function groupSubject(
  { ref, baseRef, baseSha, headSha }: MergeGroupRequest,
  at: Pick<MergeGroupSubject, "installationId" | "repository"> & { readonly defaultBranch: string },
): MergeGroupSubject {
  const { defaultBranch, ...where } = at;
  const branch = baseRef.replace(/^refs\/heads\//u, "");
  return {
    kind: "merge_group",
    ...where,
    headRef: ref.replace(/^refs\/heads\//u, ""),
    headSha,
    baseRef: branch,
    baseSha,
    baseIsDefault: branch === defaultBranch,
  };
}
