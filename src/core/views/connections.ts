import type { ChangedFile, ChangeSet, Gap, Side } from "../change/change-set.ts";
import type { Tools } from "../syntax.ts";
import { namer } from "../settings/naming.ts";
import { mayBeDeployed, mayBeSet } from "../settings/scope.ts";
import { wordsOf } from "../settings/words.ts";
import { type KubernetesView, kubernetes } from "./kubernetes.ts";
import { type Written, writtenIn } from "./values.ts";

/** A number of connections: what one process may open, what a server accepts, or how many processes a values file asks for. */
export interface Connections {
  readonly path: string;
  /** The object of a manifest that it stands in, as `Kind/namespace/name`; null elsewhere. */
  readonly object: string | null;
  readonly segments: readonly string[];
  readonly key: string;
  readonly written: Written;
  /** Whether it stands in a file that the change touches. */
  readonly changed: boolean;
}

/** Both sides, unchanged files of the context with them. */
export interface ConnectionsView {
  readonly objects: KubernetesView["objects"];
  readonly pools: Sides;
  readonly ceilings: Sides;
  /** `replicaCount`, `autoscaling.maxReplicas` and their like in values of charts. */
  readonly counts: Sides;
}
export type Sides = Readonly<Record<Side, readonly Connections[]>>;

const nameOf = namer([]);
const count = /(?:^| )(?:replicas|replica count|max replicas|maxreplicas|max replica count)$/u;
/** Hosts of databases in clusters of an operator, and pools that are ceilings themselves, are told by their class alone. */
type Role = "pools" | "ceilings" | "counts";

/**
 * Where pools are, what they share and how many processes open them. Where the change touches none of these, nothing is read
 * beside it. What cannot be read here is the Gap of the view of values.
 */
export function connections(
  change: ChangeSet,
  tools: Pick<Tools, "memo">,
): { readonly view: ConnectionsView; readonly gaps: readonly Gap[] } {
  const roles = { pools: sides(), ceilings: sides(), counts: sides() };
  const speaking = change.files.filter(mayName);
  const read = (files: readonly ChangedFile[]): number =>
    files
      .flatMap((file) => (["base", "head"] as const).flatMap((side) => readIn(file, side, tools)))
      .map(({ role, side, connections: found }) => roles[role][side].push(found)).length;
  const touched = read(speaking.filter(({ status }) => status !== "unchanged"));
  if (touched > 0) read(speaking.filter(({ status }) => status === "unchanged"));
  return { view: { objects: touched > 0 ? kubernetes(change, tools).view.objects : [], ...roles }, gaps: [] };
}

/** Words of which one is in every name that is looked for. */
const words = /pool|conn|replica|overflow|max|size/iu;

function mayName({ path, before, after }: ChangedFile): boolean {
  const texts = [before, after].map((file) => (file?.content.kind === "text" ? file.content.text : ""));
  return mayBeDeployed(path) && texts.some((text) => words.test(text));
}

function sides(): Record<Side, Connections[]> {
  return { base: [], head: [] };
}

function readIn(file: ChangedFile, side: Side, { memo }: Pick<Tools, "memo">) {
  return writtenIn(file, side, memo).flatMap(({ setting, written }) => {
    const role = roleOf(setting.segments);
    if (role === null || !mayBeSet(setting.segments) || typeof written.scalar === "boolean") return [];
    const { object, segments } = setting;
    const changed = file.status !== "unchanged";
    const key = segments.join(".");
    return [{ role, side, connections: { path: file.path, object, segments, key, written, changed } }];
  });
}

function roleOf(segments: readonly string[]): Role | null {
  const words = wordsOf(segments).join(" ");
  if (count.test(words)) return "counts";
  // The least that a pool holds opens no more than the most.
  if (/\b(?:min|minimum|idle|client conn|user connections|reserve pool size)\b/u.test(words)) return null;
  const named = nameOf(segments).map(({ of }) => of.class);
  return named.includes("pool") ? "pools" : named.includes("connections") ? "ceilings" : null;
}
