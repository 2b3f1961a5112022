import type { Value } from "../../views/value.ts";
import type { KubernetesObject } from "../object.ts";

export function isAuthorizationPolicy({ kind, apiVersion }: KubernetesObject): boolean {
  return kind === "AuthorizationPolicy" && apiVersion.startsWith("security.istio.io/");
}

export type Action = "ALLOW" | "DENY" | "AUDIT" | "CUSTOM" | "unknown";

export function actionOf({ root }: KubernetesObject): Action {
  const at = root.at("spec", "action");
  if (at === undefined) return "ALLOW";
  const known = (["ALLOW", "DENY", "AUDIT", "CUSTOM"] as const).find((action) => action === at.scalar);
  return known ?? "unknown";
}

export function rulesOf({ root }: KubernetesObject): readonly Value[] {
  return root.at("spec", "rules")?.items() ?? [];
}

function texts(value: Value | undefined): readonly string[] {
  return (value?.items() ?? []).map((one) => String(one.scalar ?? ""));
}

/** A value with a star at one of its ends is a prefix or a suffix. https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
function matches(pattern: string, value: string): boolean {
  if (pattern === "*") return value !== "";
  if (pattern.endsWith("*")) return value.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith("*")) return value.endsWith(pattern.slice(1)) && !value.endsWith("*");
  return pattern === value;
}

/** Whether every request of one source, operation or condition is of the other too. */
function isWithinFields(inner: Value, outer: Value): boolean {
  return outer.entries().every(({ key, value }) => {
    const own = inner.at(key);
    if (key === "key") return own?.scalar === value.scalar;
    if (value.scalar !== undefined) return own?.scalar === value.scalar;
    const [wide, narrow] = [texts(value), texts(own)];
    if (key.startsWith("not")) return wide.every((one) => narrow.some((other) => matches(other, one)));
    return narrow.length > 0 && narrow.every((one) => wide.some((pattern) => matches(pattern, one)));
  });
}

/** Whether every request that one rule is about is also one of the other's. Says no where it cannot tell. */
export function isWithin(inner: Value, outer: Value): boolean {
  const lists = [
    ["from", "source"],
    ["to", "operation"],
  ] as const;
  const parts = lists.every(([key, field]) => {
    const [wide, narrow] = [outer.at(key)?.items() ?? [], inner.at(key)?.items() ?? []];
    if (wide.length === 0) return true;
    return (
      narrow.length > 0 &&
      narrow.every((one) => wide.some((other) => isWithinFields(one.at(field) ?? one, other.at(field) ?? other)))
    );
  });
  // Conditions hold all at once: each of the wider rule must be asked by the narrower one.
  return (
    parts &&
    (outer.at("when")?.items() ?? []).every((other) =>
      (inner.at("when")?.items() ?? []).some((one) => isWithinFields(one, other)),
    )
  );
}

/** Whether a policy stands before every workload that the other stood before. */
export function selectsAll(wide: KubernetesObject, narrow: KubernetesObject): boolean {
  const labels = ({ root }: KubernetesObject) => root.at("spec", "selector", "matchLabels")?.entries() ?? [];
  const targets = ({ root }: KubernetesObject) =>
    [root.at("spec", "targetRef"), ...(root.at("spec", "targetRefs")?.items() ?? [])].flatMap((one) =>
      one === undefined ? [] : [`${String(one.at("kind")?.scalar)} ${String(one.at("name")?.scalar)}`],
    );
  const [known, now] = [labels(narrow), labels(wide)];
  const isSelected = now.every(({ key, value }) =>
    known.some((label) => label.key === key && label.value.scalar === value.scalar),
  );
  const [named, left] = [targets(wide), targets(narrow)];
  return isSelected && (named.length === 0 || (left.length > 0 && left.every((one) => named.includes(one))));
}
