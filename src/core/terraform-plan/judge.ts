import { byCodeUnits } from "../../lib/order.ts";
import type { ChangeSet, Place } from "../change/change-set.ts";
import { plansFor, type RootPlan } from "../evidence/plans.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import type { Tools } from "../syntax.ts";
import type { Resource } from "../terraform/model.ts";
import { withoutKeys } from "../terraform/addresses.ts";
import { configurationsOf, type RootConfiguration } from "../terraform/resources.ts";
import { outcomeOf } from "./actions.ts";
import { attribute } from "./attribute.ts";
import type { Attribution, Attributions } from "./attribution.ts";
import type { Declared, JudgedPlan, JudgedRow, RememberedPlan, TerraformPlansView } from "./judged.ts";
import { upgradesIn } from "./lock.ts";
import type { PlannedChange, TerraformPlan } from "./plan.ts";
import { standsFor } from "./presence.ts";

/** What a plan is held against. */
export interface Ground {
  /** The change as it lands. */
  readonly change: ChangeSet;
  readonly tools: Tools;
  readonly remembered: readonly RememberedPlan[];
  /** The change as it was written, where the base has moved since; null: it has not. */
  readonly written: ChangeSet | null;
  /** When the base came to stand where it does; null: not known. */
  readonly baseSinceMs: number | null;
}

/** The plans for the head of a change, held against what the change does to their roots. */
export function terraformPlansOf(facts: Facts, policy: Pick<Policy, "evidence">, tools: Tools): TerraformPlansView {
  const { change, landing, past } = facts;
  const ground: Ground = {
    change: landing ?? change,
    tools,
    remembered: facts.plansBefore,
    written: landing === null ? null : change,
    baseSinceMs: past.kind === "known" ? (past.states[0]?.sinceMs ?? null) : null,
  };
  return { plans: plansFor(facts, policy).map((plan) => judgePlan(plan, ground)) };
}

function judgePlan({ from, ...merged }: RootPlan, ground: Ground): JudgedPlan {
  const sources = from.map(({ plan, evidence: { state, source, receivedAtMs }, trust }) => ({
    plan,
    state,
    receivedAtMs: source.kind === "local" ? null : receivedAtMs,
    trusted: trust.kind === "trusted",
  }));
  return judged({ ...merged, sources }, ground);
}

/** Holds a plan, and each that it was made of, against the change. */
export function judged(
  {
    root,
    workspace,
    plan,
    trusted,
    sources,
  }: Pick<RootPlan, "root" | "workspace" | "plan" | "trusted"> & Pick<JudgedPlan, "sources">,
  ground: Ground,
): JudgedPlan {
  const { change, tools, written, baseSinceMs } = ground;
  const configurations = forWorkspace(configurationsOf(change, tools, root), workspace);
  const upgrades = upgradesIn(change, tools, root);
  const attributions = inEach(sources.map((one) => attributedBy(one.plan, configurations, upgrades)));
  const home = homeOf(root, change);
  const blockOf = blocksIn(configurations);
  const name = `\`${(root === "" ? "." : root).replaceAll("`", "'")}\``;
  const moved = written !== null && movedUnder(root, configurations, written, change);
  return {
    root,
    workspace,
    trusted,
    plan,
    attributions,
    name:
      workspace === "" || workspace === "default" ? name : `${name}, workspace \`${workspace.replaceAll("`", "'")}\``,
    about: JSON.stringify([root, workspace]),
    home,
    rows: rowsOf(plan, attributions, blockOf, home),
    declared: declaredBy(configurations),
    sources,
    remembered: ground.remembered.filter((one) => one.root === root && one.workspace === workspace),
    isBehind: moved && (plan.timestampMs === null || baseSinceMs === null || plan.timestampMs <= baseSinceMs),
  };
}

/** The variables file that is named like the workspace, where there is one; nobody knows which of the others was given. */
function forWorkspace(all: readonly RootConfiguration[], workspace: string): readonly RootConfiguration[] {
  const named = all.filter(
    ({ variables }) =>
      /(?:^|\/)(?<name>[^/]+?)\.tfvars(?:\.json)?$/u.exec(variables ?? "")?.groups?.["name"] === workspace,
  );
  return named.length > 0 ? named : all;
}

/** One set of variables that explains a row is enough. */
function attributedBy(
  plan: TerraformPlan,
  configurations: readonly RootConfiguration[],
  upgrades: ReadonlyMap<string, Place>,
): Attributions {
  const empty = { resources: [], modules: [] };
  const all = (configurations.length === 0 ? [empty] : configurations).map((configuration) =>
    attribute(plan, { configuration, upgrades }),
  );
  const [first = new Map<string, never>(), ...others] = all;
  return new Map(
    [...first].map(([address, attribution]) => {
      const better = others.map((one) => one.get(address)).find((one) => one !== undefined && one !== "nothing");
      return [address, attribution === "nothing" ? (better ?? attribution) : attribution];
    }),
  );
}

/** What one plan says explains nothing of another: a row is explained where it is in each of them in which anything happens to it. */
function inEach(all: readonly Attributions[]): Attributions {
  const found = new Map<string, Attribution>();
  for (const [address, attribution] of all.flatMap((one) => [...one]))
    if (found.get(address) !== "nothing") found.set(address, attribution);
  return found;
}

type BlockOf = (change: PlannedChange) => Resource | null;

function blocksIn(configurations: readonly RootConfiguration[]): BlockOf {
  const sides = configurations.flatMap(({ resources }) => resources);
  const byName = new Map<string, { after: Resource[]; before: Resource[] }>();
  for (const one of sides)
    for (const side of ["after", "before"] as const) {
      const resource = one[side];
      if (resource === undefined) continue;
      const name = withoutKeys(resource.address);
      const known = byName.get(name) ?? { after: [], before: [] };
      known[side].push(resource);
      byName.set(name, known);
    }
  return ({ address }) => {
    const known = byName.get(withoutKeys(address));
    const all = [...(known?.after ?? []), ...(known?.before ?? [])];
    return all.find((resource) => standsFor(resource.address, address)) ?? all[0] ?? null;
  };
}

function rowsOf(plan: TerraformPlan, attributions: Attributions, blockOf: BlockOf, home: Place): readonly JudgedRow[] {
  return plan.changes.flatMap((change): readonly JudgedRow[] => {
    const outcome = outcomeOf(change);
    if (change.mode === "data" || outcome === "nothing" || outcome === "read") return [];
    const block = blockOf(change);
    const attribution = attributions.get(change.address) ?? "nothing";
    const { type, name } = change;
    const about = block === null ? `${home.path} ${change.address}` : `${block.path} ${type}.${name}`;
    return [{ change, outcome, attribution, at: block === null ? home : placeOf(block, attribution, home), about }];
  });
}

/** The block at the head, or at the base where it is gone from there. */
function placeOf(block: Resource, attribution: JudgedRow["attribution"], home: Place): Place {
  const places = attribution === "nothing" ? [] : attribution.explainedBy;
  const own = places.find(
    ({ path, line, side }) =>
      path === block.path && line >= block.written.line && line <= block.written.endLine && side === "head",
  );
  if (own !== undefined) return { path: own.path, side: own.side, line: own.line };
  const gone = places.find(({ side, path }) => side === "base" && path === block.path);
  return gone === undefined
    ? { ...home, path: block.path, side: "head", line: block.written.line }
    : { path: gone.path, side: "base", line: gone.line };
}

function declaredBy(configurations: readonly RootConfiguration[]): Declared {
  const [first] = configurations;
  if (first === undefined) return { managedAtBase: null, namedAtHead: null, unreadAtBase: [], unreadAtHead: [] };
  const { base, head } = first.named;
  const managed = first.resources.flatMap(({ before }) => (before?.mode === "managed" ? [before.address] : []));
  return {
    managedAtBase: base === null ? null : [...new Set(managed)].toSorted(byCodeUnits),
    namedAtHead: head === null ? null : head.resources,
    unreadAtBase: base?.unread ?? [],
    unreadAtHead: head?.unread ?? [],
  };
}

/** The first file of the root, what changes in it before what does not. */
function homeOf(root: string, { files }: ChangeSet): Place {
  const inside = files.filter(
    ({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("/"))) === root && /\.(?:tf|tofu)(?:\.json)?$/u.test(path),
  );
  const differing = files.filter(({ status }) => status !== "unchanged");
  const file =
    inside.find(({ status, after }) => status !== "unchanged" && after !== null) ?? inside[0] ?? differing[0];
  if (file === undefined) return { path: root === "" ? "." : root, side: "head", line: 1 };
  return { path: file.path, side: file.after === null ? "base" : "head", line: 1 };
}

/** Whether files that the root is made of are others at the tip of the base than where the change began. */
function movedUnder(
  root: string,
  configurations: readonly RootConfiguration[],
  written: ChangeSet,
  landing: ChangeSet,
): boolean {
  const directories = new Set([
    root,
    ...configurations.flatMap(({ resources }) =>
      resources.flatMap(({ before, after }) =>
        [before, after].flatMap((one) => (one === undefined ? [] : [one.directory])),
      ),
    ),
  ]);
  const began = new Map(written.files.map(({ path, before }) => [path, before?.sha ?? null]));
  return landing.files.some(({ path, before }) => {
    const there = directories.has(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    return (
      there &&
      /\.(?:tf|tofu|tfvars)(?:\.json)?$/u.test(path) &&
      began.has(path) &&
      began.get(path) !== (before?.sha ?? null)
    );
  });
}
