import type { Context } from "../rule.ts";
import { describeObject, type ObjectChange } from "../views/kubernetes.ts";
import type { Value } from "../views/value.ts";
import { type ContainerChange, containerChanges } from "./resources.ts";

/** An image as a container names it, with what is left out filled in. https://github.com/distribution/reference */
export interface Image {
  readonly written: string;
  readonly registry: string;
  /** Everything between the registry and the last part of the name; "" where there is nothing. */
  readonly owner: string;
  readonly name: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** Names of one registry. The older of Kubernetes' two is only forwarded. */
const sameRegistry: ReadonlyMap<string, string> = new Map([
  ["index.docker.io", "docker.io"],
  ["registry-1.docker.io", "docker.io"],
  ["k8s.gcr.io", "registry.k8s.io"],
]);

const part = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const form = new RegExp(
  `^(?:(?<registry>(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::\\d+)?|localhost(?::\\d+)?|[A-Za-z0-9-]+:\\d+))/)?(?<path>${part}(?:/${part})*)(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]{32,}))?$`,
  "u",
);

/** Null where the text is no name of an image: an expression, or something that no runtime takes. */
export function readImage(written: string): Image | null {
  if (written.length > 512) return null;
  const groups = form.exec(written)?.groups;
  if (groups === undefined) return null;
  const { registry = "docker.io", path = "", tag = null, digest = null } = groups;
  const known = sameRegistry.get(registry) ?? registry;
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  const owner = parts.slice(0, -1).join("/");
  return {
    written,
    registry: known,
    owner: known === "docker.io" && owner === "" ? "library" : owner,
    name,
    tag,
    digest,
  };
}

/** Whether what is pulled under the name may be another thing tomorrow: no digest, and a tag that is made to move. */
export function isFloating({ tag, digest }: Image): boolean {
  return digest === null && (tag === null || tag === "latest");
}

export interface ImageChange {
  readonly change: ContainerChange;
  readonly at: Value;
  readonly is: Image;
  /** What stood before; null where it is not known, undefined for a container that is new. */
  readonly was: Image | null | undefined;
  readonly about: string;
}

export type ImageObservation = ImageChange | { readonly at: Value; readonly about: string; readonly hidden: string };

function textOf(value: Value | undefined): string | null {
  return typeof value?.scalar === "string" ? value.scalar : null;
}

/** Images of containers that are new or name another one; `hidden` where what stands there now is no name that can be read. */
export function imageChanges(objects: readonly ObjectChange[], reach: Context["reach"]): readonly ImageObservation[] {
  return containerChanges(objects, reach).flatMap((change): readonly ImageObservation[] => {
    const { object, before, after } = change;
    const at = after.root.at("image");
    if (at === undefined || at.scalar === null) return [];
    const [text, stood] = [textOf(at), textOf(before?.root.at("image"))];
    if (text !== null && text === stood) return [];
    const about = `${object.path} ${describeObject(object)}#${after.name}.image`;
    const is = text === null ? null : readImage(text);
    const was = before === undefined ? undefined : stood === null ? null : readImage(stood);
    if (is !== null) return [{ change, at, is, was, about }];
    // Nothing can be said to be worse than what was hidden as well.
    return was === null ? [] : [{ at, about, hidden: `which image \`${after.name}\` runs` }];
  });
}

const numbered = /^v?(?<numbers>\d{1,6}(?:\.\d{1,9}){0,3})(?:[-+_.].*)?$/u;

/** The numbers of a version, `1.24.3-alpine` as 1, 24, 3; null for tags that are none, such as a commit. */
export function versionOf(tag: string | null): readonly number[] | null {
  const numbers = tag === null ? undefined : numbered.exec(tag)?.groups?.["numbers"];
  return numbers === undefined ? null : numbers.split(".").map(Number);
}

/** Whether the version comes before the other. A number that one of them leaves out decides nothing: `1.24` is any 1.24. */
export function isEarlier(version: readonly number[], than: readonly number[]): boolean {
  for (const [index, number] of version.entries()) {
    const other = than[index];
    if (other === undefined) return false;
    if (number !== other) return number < other;
  }
  return false;
}
