import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { StateMark } from "../../../src/core/evidence/evidence.ts";
import type { Facts } from "../../../src/core/facts.ts";
import type { PolicySource } from "../../../src/core/policy/reading.ts";
import { judge } from "../evaluate/changes.ts";
import { changeOf, factsOf, file, headSha } from "../facts.ts";
import { read } from "./plans.ts";

/** A plan as it is brought for the head, with what is known of its state. */
export interface Brought {
  readonly json: string;
  readonly root?: string;
  readonly workspace?: string;
  readonly state?: StateMark;
  /** A workflow that no policy names made it. */
  readonly isAnybodys?: true;
  /** How long after it was made it was sent. */
  readonly ageMs?: number;
}

const anybody = {
  kind: "workflow",
  repositoryId: 10,
  runId: 1,
  runAttempt: 1,
  event: "push",
  workflowRef: "acme/infra/.github/workflows/mine.yml@refs/heads/mine",
  jobWorkflowRef: "acme/infra/.github/workflows/mine.yml@refs/heads/mine",
  baseRef: null,
  actorId: 51,
} as const;

export const noState: StateMark = { lineage: null, serial: null, backend: null };

/** Files of a change below a folder of the repository, by their texts before and after. */
export function filesOf(
  root: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | null>>,
): readonly ChangedFile[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return paths.map((path) =>
    file(
      `${root}/${path}`,
      before[path] ?? null,
      Object.hasOwn(after, path) ? (after[path] ?? null) : (before[path] ?? null),
    ),
  );
}

/** The whole evaluation of an agent's change with a plan that was given to it. */
export function judgedWith(
  files: readonly ChangedFile[],
  brought: Brought | readonly Brought[],
  facts: Partial<Facts> = {},
  policies: readonly PolicySource[] = [],
): Evaluation {
  const evidence = [brought]
    .flat()
    .map(
      (
        { json, root = "terraform/production", workspace = "default", state = noState, isAnybodys, ageMs = 0 },
        index,
      ) => ({
        id: `e${index}`,
        headSha,
        receivedAtMs: (read(json).timestampMs ?? index) + ageMs,
        source: isAnybodys === true ? anybody : ({ kind: "local" } as const),
        root,
        workspace,
        state,
        sha256: "0".repeat(64),
        brought: { kind: "plan", plan: read(json) } as const,
      }),
    );
  return judge(factsOf({ change: changeOf(...files), evidence, ...facts }), policies);
}

/** Rules on plans that report, and gaps of plans, once each. */
export function told({ findings, gaps }: Evaluation): readonly string[] {
  const rules = findings.map(({ rule, level }) => `${rule}${level === "review" ? " asks" : ""}`);
  const missing = gaps.map(({ id }) => id).filter((id) => /^(?:plan-|undecided:tfplan)/u.test(id));
  return [...new Set([...rules.filter((rule) => rule.startsWith("tfplan-")), ...missing])].toSorted();
}

/** Addresses that nothing explains. */
export function unexplained({ terraformPlans }: Evaluation): readonly string[] {
  return terraformPlans.flatMap(({ attributions }) =>
    [...attributions].flatMap(([address, attribution]) => (attribution === "nothing" ? [address] : [])),
  );
}

const described = z.object({
  about: z.string(),
  workspace: z.string(),
  lineage: z.string().nullable(),
  serial: z.number().nullable(),
});

const folder = join(import.meta.dirname, "../../terraform-plans");

export const base: Readonly<Record<string, string>> = textsIn(join(folder, "base"));
export const caseNames: readonly string[] = readdirSync(folder)
  .filter((name) => name !== "base")
  .toSorted();

export interface RealCase {
  readonly files: readonly ChangedFile[];
  readonly brought: Brought & { readonly state: StateMark };
}

/** A plan that Terraform really made, and the change that it was made of. */
export function realCase(name: string): RealCase {
  const text = readFileSync(join(folder, name, "case.json"), "utf8");
  const { workspace, lineage, serial } = described.parse(JSON.parse(text));
  return {
    files: filesOf("terraform/production", base, textsIn(join(folder, name, "head"))),
    brought: {
      json: readFileSync(join(folder, name, "plan.json"), "utf8"),
      workspace,
      state: { lineage, serial, backend: null },
    },
  };
}

function textsIn(root: string): Readonly<Record<string, string>> {
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")];
    }),
  );
}
