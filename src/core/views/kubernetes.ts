import { byCodeUnits } from "../../lib/order.ts";
import type { ChangedFile, ChangeSet, FileVersion, Gap, Side } from "../change/change-set.ts";
import { hunks } from "../change/hunks.ts";
import type { Compose } from "../kubernetes/composed.ts";
import { composers } from "../kubernetes/composers.ts";
import { isGuardedLine, namesGuardedKind } from "../kubernetes/guarded.ts";
import { listed, textAt } from "../kubernetes/listed.ts";
import { type KubernetesObject, objectAt } from "../kubernetes/object.ts";
import type { Memo, Tools } from "../syntax.ts";
import { type Documents, documentsOf, limits, type Tree } from "./documents.ts";
import { isKustomization, mayBeOperations, operations, ownObjects, patchFiles } from "./kustomize.ts";
import { pairByIdentity } from "./pairing.ts";
import { valueOf } from "./value.ts";

export type { KubernetesObject };

/** An object before and after. Both sides for objects of unchanged files (context). */
export interface ObjectChange {
  readonly key: string;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
  /** False for objects of context files: not part of the change, only there to be summed or compared with. */
  readonly changed: boolean;
  /** The files that it is made of, on either side: its own, or those that put it together. */
  readonly files: readonly string[];
}

/** A manifest of the context that cannot be read. It is no Gap by itself: a rule that sums over it must say so. */
export interface UnreadContext {
  readonly path: string;
  readonly reason: string;
}

export interface KubernetesView {
  readonly objects: readonly ObjectChange[];
  /** Changed files that are manifests on one of their sides, or may be, where that side gives no objects. */
  readonly unreadChanged: readonly string[];
  readonly unreadContext: readonly UnreadContext[];
}

/** What one side of a file is to this view. `foreign`: no manifest; `template`: one that only a renderer could turn into objects. */
type Reading =
  | { readonly kind: "foreign" }
  | { readonly kind: "objects"; readonly roots: readonly Tree[]; readonly patches: readonly string[] }
  | { readonly kind: "template" }
  | { readonly kind: "unreadable"; readonly line: number | null; readonly reason: string };

/**
 * Claims YAML and JSON files that hold Kubernetes objects, on either side: by their structure where they can be read, by their
 * text or name where they cannot.
 */
export function kubernetes(
  change: ChangeSet,
  { memo }: Pick<Tools, "memo">,
  compose: readonly Compose[] = composers,
): { readonly view: KubernetesView; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const unreadContext: UnreadContext[] = [];
  const unreadChanged: string[] = [];
  const befores: KubernetesObject[] = [];
  const afters: KubernetesObject[] = [];
  const touched = new Set<string>();
  const patches = new Set<string>();
  const composed = compose.map((one) => one(change, { memo }));
  const isTaken = (side: "before" | "after", path: string): boolean =>
    composed.some((one) => one[side].claimed.has(path));
  for (const file of change.files) {
    const before = reading(file.path, file.before, memo);
    const after = reading(file.path, file.after, memo, before.kind === "objects");
    const rendered = isUnread(after) && isTaken("after", file.path);
    if (file.status === "unchanged") {
      if (rendered) continue;
      if (after.kind === "unreadable") unreadContext.push({ path: file.path, reason: after.reason });
      if (after.kind === "template") unreadContext.push({ path: file.path, reason: "it is a template" });
    } else {
      touched.add(file.path);
      if (!rendered && [before, after].some(isUnread)) unreadChanged.push(file.path);
      const because = (): string | null =>
        composed.reduce<string | null>((found, one) => found ?? one.because?.(file.path) ?? null, null);
      const gap = rendered ? null : gapOf(file, before, after, because);
      if (gap !== null) {
        gaps.push(gap);
        continue;
      }
    }
    for (const read of [before, after]) {
      if (read.kind === "objects") for (const patch of read.patches) patches.add(resolved(file.path, patch));
    }
    if (!isTaken("before", file.path)) befores.push(...objectsOf(before, file.path, "base"));
    if (!isTaken("after", file.path)) afters.push(...objectsOf(after, file.path, "head"));
  }
  const marked = (object: KubernetesObject): KubernetesObject =>
    patches.has(object.path) ? { ...object, patch: true } : object;
  const stand = { before: befores.map(marked), after: afters.map(marked) };
  const sources = new Map<KubernetesObject, readonly string[]>();
  for (const { before, after, gaps: own } of composed) {
    gaps.push(...own);
    for (const { object, from } of [...before.objects, ...after.objects]) sources.set(object, from);
    stand.before.push(...before.objects.map(({ object }) => object));
    stand.after.push(...after.objects.map(({ object }) => object));
  }
  const filesOf = (object: KubernetesObject | undefined): readonly string[] =>
    object === undefined ? [] : [object.path, ...(sources.get(object) ?? [])];
  // An object that comes to stand twice in one file takes the place of the first: each is compared with what stood there.
  const stood = new Map(stand.before.map((object) => [`${object.path}\n${object.key}`, object]));
  const objects = pairByIdentity(stand.before, stand.after).map(({ before: own, after }) => {
    const before = own ?? (after === undefined ? undefined : stood.get(`${after.path}\n${after.key}`));
    const files = [...new Set([...filesOf(before), ...filesOf(after)])].toSorted(byCodeUnits);
    return {
      key: (after ?? before)?.key ?? "",
      before,
      after,
      changed: files.some((path) => touched.has(path)),
      files,
    };
  });
  return { view: { objects, unreadChanged, unreadContext }, gaps };
}

function isUnread({ kind }: Reading): boolean {
  return kind === "unreadable" || kind === "template";
}

/** Whether a file is a manifest on one of its sides, or may be one that nobody can read. */
export function claims(file: ChangedFile, memo: Memo): boolean {
  return [file.before, file.after].some((version) => reading(file.path, version, memo).kind !== "foreign");
}

/** `known`: objects stood here, so text that holds none must at least be readable, whatever words are in it. */
function reading(path: string, file: FileVersion | null, memo: Memo, known = false): Reading {
  if (file === null || !/\.(?:ya?ml|json)$/iu.test(path)) return { kind: "foreign" };
  const { content } = file;
  switch (content.kind) {
    case "text":
      return readingOf(path, content.text, known, () => documentsOf(file.sha, content.text, memo));
    case "binary":
      return known || claimedByName(path)
        ? unreadable("it is binary, or its text is not valid UTF-8")
        : { kind: "foreign" };
    case "unread":
      return known || claimedByName(path) ? unreadable(content.reason) : { kind: "foreign" };
    case "symlink":
      return known || deployable.test(path)
        ? unreadable("it is a symbolic link, which is not followed")
        : { kind: "foreign" };
    case "submodule":
      return known ? unreadable("it is a submodule") : { kind: "foreign" };
  }
}

function unreadable(reason: string, line: number | null = null): Reading {
  return { kind: "unreadable", line, reason };
}

/** Folders in which manifests are kept; it decides only over files whose content nobody can see. */
const deployable =
  /(?:^|\/)(?:k8s|kube[^/]*|manifests?|deploy[^/]*|charts?|overlays?|clusters?|argocd|gitops|helm)\//iu;
const lockfile = /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json|yarn\.lock|[^/]*[.-]lock\.(?:ya?ml|json))$/iu;

/** Unseen content: a YAML file may be a manifest, a JSON file is one only where manifests are kept. */
function claimedByName(path: string): boolean {
  return !lockfile.test(path) && (/\.ya?ml$/iu.test(path) || deployable.test(path));
}

/** Both words, or a way to write them without their letters: an escape or a tag. */
function mayHoldObjects(text: string): boolean {
  return (text.includes("apiVersion") && text.includes("kind")) || text.includes("\\") || text.includes("!");
}

const writtenApiVersion = /(?:^|[\s{,"'])apiVersion["']?\s*:/u;
const writtenKind = /(?:^|[\s{,"'])kind["']?\s*:/u;

/** Escapes of letters: what cannot be read may hold the words in them. */
const spelledOut = /"[^"\n]*\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})[^"\n]*"\s*:/u;

function readingOf(path: string, text: string, known: boolean, documents: () => Documents): Reading {
  const kustomization = isKustomization(path);
  if (!known && !kustomization && !mayHoldObjects(text) && !mayBeOperations(text)) return { kind: "foreign" };
  const read = documents();
  if (read.ok) {
    const roots = read.documents.flatMap((tree) => [
      ...listed(tree),
      ...(kustomization ? ownObjects(tree) : operations(tree)),
    ]);
    const patches = kustomization ? read.documents.flatMap(patchFiles) : [];
    return roots.length + patches.length === 0 ? { kind: "foreign" } : { kind: "objects", roots, patches };
  }
  const isWritten = kustomization || (writtenApiVersion.test(text) && writtenKind.test(text));
  if (!known && !isWritten && !spelledOut.test(text)) return { kind: "foreign" };
  return text.includes("{{") ? { kind: "template" } : unreadable(read.reason, read.line);
}

function objectsOf(read: Reading, path: string, side: Side): KubernetesObject[] {
  if (read.kind !== "objects") return [];
  return read.roots.map((root) => {
    const patch =
      textAt(root, "apiVersion")?.startsWith("kustomize.config.k8s.io/") === true &&
      textAt(root, "kind") !== "Kustomization";
    return objectAt(valueOf(root, path, side), path, patch);
  });
}

/** A path as a kustomization writes it, from its folder. */
function resolved(from: string, path: string): string {
  const segments: string[] = from.split("/").slice(0, -1);
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "." && segment !== "") segments.push(segment);
  }
  return segments.join("/");
}

/** The gap that a changed file leaves; null where every object of it can be compared. */
function gapOf(file: ChangedFile, before: Reading, after: Reading, because: () => string | null): Gap | null {
  const gap = (level: Gap["level"], side: Side, line: number | null, reason: string, remedy: string): Gap => ({
    id: `unreadable:${file.path}`,
    level,
    path: file.path,
    side,
    line,
    reason,
    remedy,
  });
  const wasManifest = before.kind === "objects";
  if (after.kind === "unreadable") {
    // What outgrows the reader broke nothing: a bundle that was nearly as large before.
    const level = wasManifest && !(isTooLarge(file.after) && isNearlyTooLarge(file.before)) ? "block" : "hold";
    return gap(
      level,
      "head",
      after.line,
      `what \`${file.path}\` sets: ${after.reason}`,
      wasManifest
        ? "Put the manifest back as a plain text file that can be read."
        : "Repair the file, or split it into smaller ones.",
    );
  }
  if (after.kind === "template") return templateGap(file, wasManifest, because);
  if (before.kind === "unreadable" && file.after === null) {
    return gap(
      "hold",
      "base",
      before.line,
      `what \`${file.path}\` removes: ${before.reason}`,
      "Have a person look at what goes.",
    );
  }
  return null;
}

function isGuarded({ after }: ChangedFile): boolean {
  const text = after?.content.kind === "text" ? after.content.text : "";
  return namesGuardedKind(text) || !writtenKind.test(text);
}

function isTooLarge(file: FileVersion | null): boolean {
  return file?.content.kind === "unread" || sizeOf(file) > limits.textLength;
}

function isNearlyTooLarge(file: FileVersion | null): boolean {
  return sizeOf(file) > limits.textLength / 2;
}

function sizeOf(file: FileVersion | null): number {
  return file?.content.kind === "text" ? file.content.text.length : 0;
}

function templateGap(file: ChangedFile, wasManifest: boolean, because: () => string | null): Gap | null {
  const guarded = hunks(file).find(({ lines }) => lines.some((line) => !/^.\s*#/u.test(line) && isGuardedLine(line)));
  if ((guarded === undefined || !isGuarded(file)) && !wasManifest) return null;
  return {
    id: `template:${file.path}`,
    level: wasManifest ? "block" : "hold",
    path: file.path,
    side: "head",
    line: guarded?.after.start ?? null,
    reason: `what \`${file.path}\` sets: ${because() ?? "a Helm template cannot be rendered here"}`,
    remedy: wasManifest
      ? "Keep the manifest readable, or move it into a chart in a pull request of its own."
      : "Set the value in a values file, or have a person read the rendered manifest.",
  };
}

/** An object as a report names it: `Deployment/search/search`. */
export function describeObject({ kind, namespace, name }: KubernetesObject): string {
  return namespace === null ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}
