import type { Tree } from "../views/documents.ts";
import { assembled, isOff, madeUp, type MapTree, named, plain, textOf, type Shaped } from "./parts.ts";

/** Where charts state the volumes that they claim. */
const volumes = /^(?:persistence|persistentvolumes?|persistentvolumeclaims?|pvc|volumeclaimtemplate|storagespec)$/u;

/** The claims that a map states for its workload: one, or several by their names. What exists already is claimed by nobody here. */
export function claimsOf(from: MapTree, at: readonly string[]): readonly Shaped[] {
  return from.entries.flatMap(({ key, value }) =>
    volumes.test(plain(key)) && value.kind === "map" ? claimsIn(value, [...at, key]) : [],
  );
}

function claimsIn(written: MapTree, at: readonly string[]): readonly Shaped[] {
  if (isOff(written) || named(written, "existingclaim") !== undefined) return [];
  const own = ownClaim(written, at);
  if (own !== null) return [own];
  return written.entries.flatMap(({ key, value }) => (value.kind === "map" ? claimsIn(value, [...at, key]) : []));
}

function ownClaim(written: MapTree, at: readonly string[]): Shaped | null {
  const [size, spec] = [named(written, "size"), named(written, "spec")];
  const type = plain(textOf(named(written, "type")) ?? "pvc");
  if (size?.kind === "scalar" && ["pvc", "persistentvolumeclaim"].includes(type)) {
    const body = assembled(
      [
        [["metadata", "annotations"], annotationsOf(written)],
        [["spec", "resources", "requests", "storage"], size],
        [["spec", "storageClassName"], named(written, "storageclassname", "storageclass")],
        [["spec", "accessModes"], named(written, "accessmodes")],
      ],
      written.span,
    );
    return { apiVersion: "v1", kind: "PersistentVolumeClaim", at, from: at, body };
  }
  // Prometheus' operator and others take the claim as Kubernetes writes it.
  if (spec?.kind === "map" && named(named(spec, "resources"), "requests") !== undefined) {
    return {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      at,
      from: at,
      body: assembled([[["spec"], spec]], written.span),
    };
  }
  return null;
}

/** `retain` is what app-template writes for Helm's own annotation. */
function annotationsOf(written: MapTree): Tree | undefined {
  const retain = named(written, "retain");
  const keeps = retain?.kind === "scalar" && retain.value === true;
  return keeps
    ? assembled([[["helm.sh/resource-policy"], madeUp("keep", retain.span)]], retain.span)
    : named(written, "annotations");
}
