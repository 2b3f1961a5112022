import type { KubernetesObject } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import { isExpression } from "./keeping.ts";
import { parentOf } from "./guards.ts";

/** A field that the API refuses to change on an object that stands. */
interface Field {
  readonly path: readonly string[];
  /** What the API writes where nothing is stated; undefined: it depends on the cluster. */
  readonly otherwise?: string;
}

const at = (path: string, otherwise?: string): Field => ({
  path: path.split("."),
  ...(otherwise === undefined ? {} : { otherwise }),
});

/** By kind. From the reference of the Kubernetes API and the refusals of its validation. https://kubernetes.io/docs/reference/kubernetes-api/ */
const fields: Readonly<Record<string, readonly Field[]>> = {
  DaemonSet: [at("spec.selector")],
  Deployment: [at("spec.selector")],
  Job: [at("spec.selector"), at("spec.template"), at("spec.completions")],
  PersistentVolumeClaim: [
    at("spec.accessModes"),
    at("spec.storageClassName"),
    at("spec.volumeName"),
    at("spec.volumeMode", '"Filesystem"'),
    at("spec.selector"),
  ],
  ReplicaSet: [at("spec.selector")],
  Service: [at("spec.clusterIP")],
  StatefulSet: [
    at("spec.selector"),
    at("spec.serviceName", '""'),
    at("spec.podManagementPolicy", '"OrderedReady"'),
    at("spec.volumeClaimTemplates"),
  ],
};

/** Whether the value at a path, its keys joined by dots, is one that no object of the kind lets anybody change. */
export function isImmutable(kind: string, path: string): boolean {
  const own = Object.hasOwn(fields, kind) ? (fields[kind] ?? []) : [];
  return own.some(({ path: field }) => `${path}.`.startsWith(`${field.join(".")}.`));
}

export interface Refused {
  readonly at: Value;
  /** With the names of its objects, as `spec.volumeClaimTemplates.data.spec.accessModes`. */
  readonly field: string;
  /** What changes, as a clause after the field; free text of authors is in code. */
  readonly what: string;
  /** Data stands behind it: made again, the object stands beside its data, not on it. */
  readonly ofData: boolean;
  readonly isOpen: boolean;
}

/** Jobs are made anew by whatever starts them, so a changed one is none of these. */
const remade = new Set(["Job"]);

/** Fields of an object that changed though nobody can change them in place. */
export function refusedChanges(before: KubernetesObject, after: KubernetesObject): readonly Refused[] {
  const own = Object.hasOwn(fields, after.kind) && !remade.has(after.kind) ? (fields[after.kind] ?? []) : [];
  const found = own.flatMap((field) =>
    field.path.at(-1) === "volumeClaimTemplates"
      ? templateChanges(before, after)
      : fieldChange(before, after, field, field.path.join(".")),
  );
  return found;
}

function fieldChange(
  before: KubernetesObject,
  after: KubernetesObject,
  field: Field,
  name: string,
): readonly Refused[] {
  const [was, is] = [before, after].map(({ root }) => root.at(...field.path));
  const [from, to] = [textOf(was) ?? field.otherwise, textOf(is) ?? field.otherwise];
  if (from === to) return [];
  // What is not written in a patch stands elsewhere; what the cluster filled in, nobody here knows.
  if (to === undefined && (after.patch || after.kind === "Service" || isDefaulted(after, field))) return [];
  if (from === undefined && (before.patch || isDefaulted(after, field) || after.kind === "Service")) {
    if (!(after.kind === "Service" && to === '"None"')) return [];
  }
  const ofData = after.kind === "StatefulSet" || after.kind === "PersistentVolumeClaim";
  return [
    {
      at: is ?? parentOf(after, field.path),
      field: name,
      what: `${shown(was, field)} → ${shown(is, field)}`,
      ofData: ofData && from !== undefined && to !== undefined,
      isOpen: isExpression(is),
    },
  ];
}

/** Selectors of workloads have to be written; all else the cluster fills in where it is not. */
function isDefaulted({ kind }: KubernetesObject, { path }: Field): boolean {
  return kind === "PersistentVolumeClaim" && path.at(-1) !== "storageClassName";
}

function templateChanges(before: KubernetesObject, after: KubernetesObject): readonly Refused[] {
  const path = ["spec", "volumeClaimTemplates"];
  const [had, has] = [before, after].map(({ root }) => root.at(...path));
  if (isExpression(has)) {
    return textOf(had) === textOf(has) || has === undefined
      ? []
      : [{ at: has, field: path.join("."), what: "an expression", ofData: true, isOpen: true }];
  }
  if (has === undefined && after.patch) return [];
  const [olds, news] = [named(had), named(has)];
  const gone = [...olds.keys()]
    .filter((name) => !news.has(name))
    .map((name): Refused => {
      const place = has === undefined || has.items().length === 0 ? parentOf(after, path) : has;
      return { at: place, field: `${path.join(".")}.${name}`, what: "is gone", ofData: true, isOpen: false };
    });
  return [
    ...gone,
    ...[...news].flatMap(([name, is]): readonly Refused[] => {
      const was = olds.get(name);
      const field = `${path.join(".")}.${name}`;
      if (was === undefined)
        return before.patch ? [] : [{ at: is, field, what: "is new", ofData: false, isOpen: false }];
      return partsOfTemplate.flatMap((part) => templateChange(was, is, part, field));
    }),
  ];
}

/** Sizes are told by whoever looks at sizes: what grows asks for other steps than what shrinks. */
const partsOfTemplate: readonly {
  readonly path: readonly string[];
  readonly ofData: boolean;
  readonly otherwise?: string;
}[] = [
  { path: ["spec", "accessModes"], ofData: true },
  { path: ["spec", "storageClassName"], ofData: true },
  { path: ["spec", "volumeMode"], ofData: true, otherwise: '"Filesystem"' },
  { path: ["spec", "selector"], ofData: true },
  { path: ["spec", "dataSource"], ofData: true },
  { path: ["metadata", "labels"], ofData: false },
  { path: ["metadata", "annotations"], ofData: false },
];

function templateChange(
  was: Value,
  is: Value,
  part: (typeof partsOfTemplate)[number],
  field: string,
): readonly Refused[] {
  const [old, fresh] = [was.at(...part.path), is.at(...part.path)];
  if ((textOf(old) ?? part.otherwise) === (textOf(fresh) ?? part.otherwise)) return [];
  const name = `${field}.${part.path.join(".")}`;
  const place = fresh ?? is.at(...part.path.slice(0, 1)) ?? is;
  const what = `${shown(old, {})} → ${shown(fresh, {})}`;
  return [{ at: place, field: name, what, ofData: part.ofData, isOpen: isExpression(fresh) }];
}

function named(list: Value | undefined): ReadonlyMap<string, Value> {
  return new Map((list?.items() ?? []).map((item) => [String(item.at("metadata", "name")?.scalar ?? ""), item]));
}

/** A value in one spelling, whatever the order of its keys; undefined where nothing is stated. */
export function textOf(value: Value | undefined): string | undefined {
  if (value === undefined || value.scalar === null) return undefined;
  if (value.scalar !== undefined) return JSON.stringify(String(value.scalar));
  const items = value.items();
  if (items.length > 0) return `[${items.map(textOf).join(",")}]`;
  const entries = value.entries().map(({ key, value: part }) => `${JSON.stringify(key)}:${textOf(part) ?? "null"}`);
  return `{${entries.toSorted().join(",")}}`;
}

function shown(value: Value | undefined, { otherwise }: Pick<Field, "otherwise">): string {
  if (value === undefined)
    return otherwise === undefined || otherwise === '""' ? "nothing" : otherwise.replaceAll('"', "`");
  if (value.scalar === undefined) {
    const words = value.items().map(({ scalar }) => scalar);
    return words.length > 0 && words.every((word) => word !== undefined) ? `\`${words.join(", ")}\`` : "other contents";
  }
  return `\`${String(value.scalar).replaceAll("`", "'")}\``;
}
