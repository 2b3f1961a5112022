import type { Side } from "../change/change-set.ts";
import type { Compose, ComposedObject } from "../kubernetes/composed.ts";
import { type KubernetesObject, valuesPrefix } from "../kubernetes/object.ts";
import { child, type Span, type Tree } from "../views/documents.ts";
import { valueOf } from "../views/value.ts";
import { laidOver, said } from "./coalesce.ts";
import { assembled, isOff, listOf, madeUp, mapOf, named, type Part, textOf, type Shaped } from "./parts.ts";
import { renderedObjects } from "./rendered.ts";
import { changedSets, type Layered, type ValuesSet } from "./sets.ts";
import { podPath, shapesIn } from "./shapes.ts";

/**
 * The objects of charts: what Helm made of them, where it did; else what their values set, as objects that say only what differs from
 * the templates (`patch`). Only what changes is there: what a template makes of the rest is not known, so nothing could be summed over it.
 */
export const chartObjects: Compose = (change, { memo }) => {
  const rendered = renderedObjects(change, memo);
  const pairs = changedSets(change, memo)
    .filter(({ path }) => !rendered.paths.has(path))
    .flatMap(objectsOf);
  const side = (objects: readonly (KubernetesObject | undefined)[]): readonly ComposedObject[] =>
    objects.flatMap((object) => (object === undefined ? [] : [{ object, from: [object.path] }]));
  return {
    before: { objects: [...rendered.before, ...side(pairs.map(({ before }) => before))], claimed: rendered.claimed },
    after: { objects: [...rendered.after, ...side(pairs.map(({ after }) => after))], claimed: rendered.claimed },
    gaps: [],
    because: (path) => rendered.because.get(path) ?? null,
  };
};

interface Pair {
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

function objectsOf(set: ValuesSet): readonly Pair[] {
  const befores = shapesOf(set.before);
  const afters = shapesOf(set.after);
  const keys = [...new Set([...befores.keys(), ...afters.keys()])];
  const differing = keys.filter((key) => differs(set, befores.get(key), afters.get(key)));
  // A budget means something beside the pods that it is for, and pods beside what scales them.
  const around = new Set(differing.map((key) => mapOfKey(befores.get(key) ?? afters.get(key))));
  const shown = new Set(differing);
  return keys.flatMap((key) => {
    const after = afters.get(key);
    const before = befores.get(key) ?? presumed(after, set);
    const one = after ?? before;
    if (one === undefined || !(shown.has(key) || around.has(mapOfKey(one)))) return [];
    return [
      {
        before: before === undefined ? undefined : objectOf(withContainers(before, after, set), set, "base"),
        after: after === undefined ? standIn(one, set) : objectOf(withContainers(after, before, set), set, "head"),
      },
    ];
  });
}

/** What stood on the base where its values did not say so. */
function presumed(after: Shaped | undefined, { before }: ValuesSet): Shaped | undefined {
  switch (after?.unsaid) {
    case "whole":
      return before !== null && wayTo(before.values, after.from).some(isOff) ? undefined : after;
    case "empty":
    case "opened": {
      // With what it is for, an account or an ingress comes as well.
      const around = after.from.slice(0, -1);
      const stood = before !== null && wayTo(before.values, around).length > around.length;
      return stood ? { ...after, body: mapOf([], after.body.span) } : undefined;
    }
    case "absent":
    case undefined:
      return undefined;
  }
}

function mapOfKey(shape: Shaped | undefined): string {
  return JSON.stringify(shape?.at ?? []);
}

function differs(set: ValuesSet, before: Shaped | undefined, after: Shaped | undefined): boolean {
  const one = after ?? before;
  if (one === undefined || ownSaid(set.before, one.from) === ownSaid(set.after, one.from)) return false;
  return before === undefined || after === undefined || said(before.body) !== said(after.body);
}

/**
 * A container of which the values say nothing any more is still there. Where the chart is of this repository that is known to be all
 * they say; of another chart nobody knows what it falls back to.
 */
function withContainers(shape: Shaped, other: Shaped | undefined, set: ValuesSet): Shaped {
  if (!set.isWhole || other === undefined || other.kind !== shape.kind) return shape;
  const path = [...podPath(shape.kind), "containers"];
  const [own, there] = [childAt(shape.body, path), childAt(other.body, path)];
  if (own !== undefined || there?.kind !== "list") return shape;
  const { span } = shape.body;
  const stubs = there.items.map((item) =>
    mapOf([{ key: "name", value: madeUp(textOf(child(item, "name")) ?? "", span) }], span),
  );
  const body = laidOver(shape.body, assembled([[path, listOf(stubs, span)]], span));
  return body?.kind === "map" ? { ...shape, body } : shape;
}

function childAt(tree: Tree, path: readonly string[]): Tree | undefined {
  return path.reduce<Tree | undefined>((at, key) => child(at, key), tree);
}

function shapesOf(layered: Layered | null): ReadonlyMap<string, Shaped> {
  const found = new Map<string, Shaped>();
  for (const shape of layered === null ? [] : shapesIn(layered.values)) {
    const key = JSON.stringify([shape.kind, ...shape.at]);
    if (!found.has(key)) found.set(key, shape);
  }
  return found;
}

/** What the file itself says on the way to a map and in it: which maps are switched off, and what stands at its end. */
function ownSaid(layered: Layered | null, from: readonly string[]): string {
  if (layered === null) return "";
  const way = wayTo(layered.own, from);
  const switches = way.slice(0, -1).map((tree) => (isOff(tree) ? "off" : "on"));
  return way.length <= from.length ? switches.join() : `${switches.join()} ${said(way.at(-1))}`;
}

/** The values on the way down, the root first; as far as they are there. */
function wayTo(root: Tree, keys: readonly string[]): readonly Tree[] {
  const way = [root];
  for (const key of keys) {
    const at = way.at(-1);
    const next = at?.kind === "list" ? at.items.find((item) => textOf(child(item, "name")) === key) : child(at, key);
    if (next === undefined) break;
    way.push(next);
  }
  return way;
}

/**
 * Values that a file does not state any more go back to what the chart has: the object is still there, and nothing is known of it.
 * It is gone only where the values say so.
 */
function standIn(shape: Shaped, set: ValuesSet): KubernetesObject | undefined {
  if (set.after === null || shape.unsaid === "absent" || shape.unsaid === "opened") return undefined;
  const way = wayTo(set.after.values, shape.from);
  const isGone = way.some((tree) => isOff(tree) || named(tree, "existingclaim") !== undefined);
  const span = way.at(-1)?.span;
  if (isGone || span === undefined) return undefined;
  return objectOf({ ...shape, body: mapOf([], span) }, set, "head");
}

function objectOf({ apiVersion, kind, at, body }: Shaped, set: ValuesSet, side: Side): KubernetesObject {
  const name = [set.chart, ...at].join(".");
  const { span } = body;
  const root =
    laidOver(
      body,
      assembled(
        [
          [["apiVersion"], madeUp(apiVersion, span)],
          [["kind"], madeUp(kind, span)],
          [["metadata", "name"], madeUp(name, span)],
          ...bonds(kind, name, span),
        ],
        span,
      ),
    ) ?? body;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return {
    key: `${valuesPrefix}${[group, kind, set.namespace ?? "", name].join("/")}`,
    apiVersion,
    kind,
    namespace: set.namespace,
    name,
    path: set.path,
    root: valueOf(root, set.path, side),
    patch: true,
  };
}

const label = "app.kubernetes.io/name";

/** What binds the objects of one map to each other, as a chart's template would. */
function bonds(kind: string, name: string, span: Span): readonly Part[] {
  const named = madeUp(name, span);
  switch (kind) {
    case "HorizontalPodAutoscaler":
      return [
        [["spec", "scaleTargetRef", "kind"], madeUp("Deployment", span)],
        [["spec", "scaleTargetRef", "name"], named],
      ];
    case "PodDisruptionBudget":
      return [[["spec", "selector", "matchLabels", label], named]];
    case "PersistentVolumeClaim":
    case "Service":
    case "Ingress":
    case "NetworkPolicy":
    case "ServiceAccount":
    case "Role":
    case "ClusterRole":
    case "ClusterRoleBinding":
      return [];
    default:
      return [[[...podPath(kind).slice(0, -1), "metadata", "labels", label], named]];
  }
}
