import type { Tree } from "../views/documents.ts";
import { assembled, isOff, listOf, madeUp, type MapTree, named, type Part, plain, textOf, without } from "./parts.ts";

const probes = ["liveness", "readiness", "startup"] as const;

/** Limits and requests, under whatever name: `resources`, `appResources`. */
export function isResources(key: string, value: Tree): boolean {
  const isNamed = plain(key).endsWith("resources");
  return isNamed && [named(value, "limits"), named(value, "requests")].some((part) => part?.kind === "map");
}

/** The container that a map of values describes; null where it says nothing of one. */
export function containerOf(name: string, from: MapTree): MapTree | null {
  const parts: readonly Part[] = [
    [["resources"], named(from, "resources")],
    ...probes.map((probe): Part => [[`${probe}Probe`], probeOf(probe, from)]),
    [["image"], imageOf(named(from, "image"))],
    [["securityContext"], boundsOf(from)],
    [["lifecycle"], named(from, "lifecycle", "lifecyclehooks")],
    [["env"], environmentOf(named(from, "env", "extraenv", "extraenvvars"))],
    [["envFrom"], named(from, "envfrom")],
    [["command"], named(from, "command")],
    [["args"], named(from, "args")],
  ];
  if (parts.every(([, value]) => value === undefined)) return null;
  return assembled([[["name"], madeUp(name, from.span)], ...parts], from.span);
}

/** Whether a map holds what only containers have. What any map may have (`env`, `args`, `command`) tells nothing. */
export function describesContainer(from: MapTree): boolean {
  const image = named(from, "image");
  return (
    from.entries.some(({ key, value }) => plain(key) === "resources" && isResources(key, value)) ||
    probes.some((probe) => probeOf(probe, from) !== undefined) ||
    (image?.kind === "map" && imageOf(image) !== undefined)
  );
}

/**
 * `livenessProbe` as Helm's own template has it, `probes.liveness.spec` as app-template does. `enabled: false` leaves the container
 * without it.
 */
function probeOf(probe: (typeof probes)[number], from: MapTree): Tree | undefined {
  const written = named(from, `${probe}probe`) ?? named(named(from, "probes"), probe, `${probe}probe`);
  if (written?.kind !== "map" || isOff(written)) return undefined;
  const own = named(written, "spec") ?? written;
  return own.kind === "map" ? without(own, "enabled", "custom", "type") : undefined;
}

/** Some charts have `privileged` beside the image. */
function boundsOf(from: MapTree): Tree | undefined {
  const written = switched(named(from, "containersecuritycontext", "securitycontext"));
  const privileged = named(from, "privileged");
  if (written !== undefined || privileged?.kind !== "scalar") return written;
  return assembled([[["privileged"], privileged]], privileged.span);
}

/** A map that is only there where it is switched on. */
function switched(tree: Tree | undefined): Tree | undefined {
  if (tree?.kind !== "map") return tree;
  return isOff(tree) ? undefined : without(tree, "enabled");
}

/** The reference that registry, repository, tag and digest are put together to; undefined where the tag is the chart's own. */
function imageOf(image: Tree | undefined): Tree | undefined {
  if (image?.kind !== "map") return image;
  const repository = textOf(named(image, "repository", "name"));
  const [tag, digest] = [named(image, "tag"), named(image, "digest", "sha")];
  const registry = textOf(named(image, "registry"));
  const at = tag ?? digest;
  if (at === undefined || repository === null) return undefined;
  const version = textOf(tag) === null ? "" : `:${textOf(tag)}`;
  const pinned = textOf(digest) === null ? "" : `@${textOf(digest)}`;
  return madeUp(`${registry === null ? "" : `${registry}/`}${repository}${version}${pinned}`, at.span);
}

/** Kubernetes' list, also of charts that write a map. */
function environmentOf(tree: Tree | undefined): Tree | undefined {
  if (tree?.kind !== "map") return tree?.kind === "list" ? tree : undefined;
  const items = tree.entries.map(({ key, value }) =>
    value.kind === "map"
      ? { ...value, entries: [{ key: "name", value: madeUp(key, value.span) }, ...value.entries] }
      : assembled(
          [
            [["name"], madeUp(key, value.span)],
            [["value"], value],
          ],
          value.span,
        ),
  );
  return listOf(items, tree.span);
}
