import type { Value } from "../../views/value.ts";
import { isExpression } from "../keeping.ts";
import type { KubernetesObject } from "../object.ts";
import { constraintChanges, isConstraints, type Lowered } from "./constraints.ts";

function text(value: Value | undefined): string {
  return value?.scalar == null ? "" : String(value.scalar);
}

const label = "pod-security.kubernetes.io/enforce";
/** From strict to loose. Without a label the cluster's own level holds, which is the loosest unless its operators say otherwise. */
const levels = ["restricted", "baseline", "privileged"];

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
function ofNamespace(before: KubernetesObject, after: KubernetesObject): readonly Lowered[] {
  const [was, is] = [before, after].map(({ root }) => root.at("metadata", "labels", label));
  const at = is ?? after.root.at("metadata", "labels") ?? after.root.at("metadata") ?? after.root;
  const former = levels.indexOf(text(was));
  if (former === -1) return [];
  if (isExpression(is)) return [{ key: label, at, message: "", grave: false, hidden: true }];
  // A level that no cluster knows is held to be the loosest.
  const level = levels.indexOf(text(is)) === -1 ? levels.length - 1 : levels.indexOf(text(is));
  if (level <= former) return [];
  const now = is === undefined ? "none" : `\`${text(is)}\``;
  return [
    {
      key: label,
      at,
      message: `the pod security that is enforced \`${text(was)}\` → ${now}`,
      grave: level === levels.length - 1,
    },
  ];
}

/** Where an object says what happens to what does not pass, and the words by which it is refused. */
interface Switch {
  readonly path: readonly string[];
  readonly refuses: readonly string[];
  /** What holds where nothing is written. */
  readonly otherwise: string;
}

const kyverno: readonly Switch[] = [
  { path: ["spec", "validationFailureAction"], refuses: ["enforce"], otherwise: "audit" },
];
const actions: readonly Switch[] = [{ path: ["spec", "validationActions"], refuses: ["deny"], otherwise: "deny" }];

/** Kyverno "Validate Rules"; Gatekeeper "Handling Constraint Violations"; Kubernetes "Validating Admission Policy". */
function switchesOf({ apiVersion, kind }: KubernetesObject): readonly Switch[] {
  const group = apiVersion.split("/")[0] ?? "";
  if (group === "kyverno.io" && (kind === "ClusterPolicy" || kind === "Policy")) return kyverno;
  if (group === "policies.kyverno.io" && kind.endsWith("Policy")) return actions;
  if (group === "constraints.gatekeeper.sh")
    return [{ path: ["spec", "enforcementAction"], refuses: ["deny"], otherwise: "deny" }];
  if (kind === "ValidatingAdmissionPolicyBinding")
    return [{ path: ["spec", "validationActions"], refuses: ["deny"], otherwise: "" }];
  if (kind === "ValidatingAdmissionPolicy")
    return [{ path: ["spec", "failurePolicy"], refuses: ["fail"], otherwise: "fail" }];
  return [];
}

function refusesBy({ root }: KubernetesObject, { path, refuses, otherwise }: Switch): boolean {
  const at = root.at(...path);
  const words = at === undefined ? [otherwise] : at.scalar == null ? at.items().map(text) : [text(at)];
  return words.some((word) => refuses.includes(word.toLowerCase()));
}

function turned(before: KubernetesObject, after: KubernetesObject): readonly Lowered[] {
  return switchesOf(after).flatMap((one): readonly Lowered[] => {
    const at = after.root.at(...one.path);
    const key = one.path.join(".");
    if (!refusesBy(before, one)) return [];
    if (isExpression(at) && at !== undefined) return [{ key, at, message: "", grave: false, hidden: true }];
    if (refusesBy(after, one)) return [];
    const place = at ?? after.root.at("spec") ?? after.root;
    return [{ key, at: place, message: `\`${key}\` refused what does not pass, and does not any more`, grave: true }];
  });
}

/** Rules of Kyverno may say it each for themselves. */
function rulesTurned(before: KubernetesObject, after: KubernetesObject): readonly Lowered[] {
  const action = (rule: Value | undefined): Value | undefined => rule?.at("validate", "failureAction");
  const befores = before.root.at("spec", "rules")?.items() ?? [];
  return (after.root.at("spec", "rules")?.items() ?? []).flatMap((rule): readonly Lowered[] => {
    const was = befores.find((other) => text(other.at("name")) === text(rule.at("name")));
    const at = action(rule);
    if (text(action(was)).toLowerCase() !== "enforce" || text(at).toLowerCase() === "enforce") return [];
    const key = `rule ${text(rule.at("name"))}`;
    if (isExpression(at) && at !== undefined) return [{ key, at, message: "", grave: false, hidden: true }];
    return [
      {
        key,
        at: at ?? rule,
        message: `its rule \`${text(rule.at("name"))}\` refused what does not pass, and does not any more`,
        grave: true,
      },
    ];
  });
}

/** Lists of what is left out, or that all must hold before a policy looks: what is new in them passes unseen. */
const exclusions = [
  ["spec", "matchConditions"],
  ["spec", "preconditions", "all"],
  ["spec", "exclude", "all"],
  ["spec", "match", "excludedLabels"],
  ["spec", "match", "excludedNamespaces"],
  ["spec", "exclude", "any"],
  ["spec", "matchConstraints", "excludeResourceRules"],
  ["spec", "matchResources", "excludeResourceRules"],
];

function told(value: Value): string {
  if (value.scalar !== undefined) return String(value.scalar);
  const inner = [...value.entries().map(({ key, value: one }) => `${key}=${told(one)}`), ...value.items().map(told)];
  return `{${inner.toSorted().join(" ")}}`;
}

function excluded({ root }: KubernetesObject): readonly Value[] {
  const rules = root.at("spec", "rules")?.items() ?? [];
  return [
    ...exclusions.flatMap((path) => root.at(...path)?.items() ?? []),
    ...rules.flatMap((rule) => ["any", "all"].flatMap((key) => rule.at("exclude", key)?.items() ?? [])),
    ...rules.flatMap((rule) => rule.at("preconditions", "all")?.items() ?? []),
  ];
}

/** A condition that one of several values meets, with more of them than before: it is met more often. */
function isLooser(value: Value, known: readonly Value[]): boolean {
  const parts = (one: Value) => [text(one.at("key")), text(one.at("operator"))].join();
  const values = (one: Value) => (one.at("value")?.items() ?? []).map(told);
  if (!["AnyIn", "In"].includes(text(value.at("operator")))) return false;
  return known.some(
    (one) =>
      parts(one) === parts(value) &&
      values(one).length > 0 &&
      values(one).every((each) => values(value).includes(each)),
  );
}

/** What a policy that only reports leaves out was not refused before. */
function leftOut(before: KubernetesObject, after: KubernetesObject): readonly Lowered[] {
  const rules = before.root.at("spec", "rules")?.items() ?? [];
  const isRefusing =
    switchesOf(before).some((one) => refusesBy(before, one)) ||
    rules.some((rule) => text(rule.at("validate", "failureAction")).toLowerCase() === "enforce");
  if (!isRefusing) return [];
  const stood = excluded(before);
  const known = new Set(stood.map(told));
  return excluded(after)
    .filter((value) => !known.has(told(value)) && !isLooser(value, stood))
    .map((at) => ({
      key: `left out ${told(at)}`,
      at,
      message: `it newly leaves out, or asks for before it looks, \`${told(at).replaceAll("`", "'")}\``,
      grave: false,
    }));
}

function webhooks(before: KubernetesObject, after: KubernetesObject): readonly Lowered[] {
  const befores = before.root.at("webhooks")?.items() ?? [];
  const afters = after.root.at("webhooks")?.items() ?? [];
  const fails = (hook: Value): boolean => (text(hook.at("failurePolicy")) || "Fail") === "Fail";
  return befores.flatMap((was): readonly Lowered[] => {
    const name = text(was.at("name"));
    const is = afters.find((hook) => text(hook.at("name")) === name);
    if (is === undefined)
      return [{ key: name, at: after.root, message: `its webhook \`${name}\` is gone`, grave: false }];
    const at = is.at("failurePolicy") ?? is;
    const conditions = fewer(was, is, name);
    if (!fails(was) || fails(is)) return conditions;
    if (isExpression(at)) return [...conditions, { key: name, at, message: "", grave: false, hidden: true }];
    const message = `if its webhook \`${name}\` does not answer, everything passes`;
    return [...conditions, { key: name, at, message, grave: false }];
  });
}

/** A webhook that is asked about less than before. */
function fewer(was: Value, is: Value, name: string): readonly Lowered[] {
  const known = new Set((was.at("matchConditions")?.items() ?? []).map(told));
  const added = (is.at("matchConditions")?.items() ?? []).filter((one) => !known.has(told(one)));
  const selectors = ["namespaceSelector", "objectSelector"].flatMap((key) => {
    const at = is.at(key);
    const said = at === undefined ? "{}" : told(at);
    const former = was.at(key);
    return said === "{}" || said === (former === undefined ? "{}" : told(former)) ? [] : (at ?? []);
  });
  return [...added, ...selectors].map((at) => ({
    key: `${name} ${at.pointer}`,
    at,
    message: `its webhook \`${name}\` is asked about fewer objects, or others`,
    grave: false,
  }));
}

function isGuard(object: KubernetesObject): boolean {
  return object.kind === "ValidatingWebhookConfiguration" || switchesOf(object).some((one) => refusesBy(object, one));
}

/** More policies, rules or objects than an exception was for. */
function excepted(before: KubernetesObject, after: KubernetesObject): readonly Lowered[] {
  const lists = ["exceptions", "match.any", "match.all", "policyRefs", "matchConditions"].map((key) => key.split("."));
  return lists.flatMap((keys) => {
    const known = new Set((before.root.at("spec", ...keys)?.items() ?? []).map(told));
    return (after.root.at("spec", ...keys)?.items() ?? [])
      .filter((one) => !known.has(told(one)))
      .map((at) => ({
        key: `exception ${told(at)}`,
        at,
        message: `it is newly for \`${told(at).replaceAll("`", "'")}\``,
        grave: false,
      }));
  });
}

/** What admission refused before, and does not after. */
export function admissionChanges(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): readonly Lowered[] {
  if (after === undefined) {
    if (before === undefined || before.patch || !isGuard(before)) return [];
    return [{ key: "removed", at: before.root, message: "it is removed, and refuses nothing any more", grave: false }];
  }
  if (isConstraints(after)) return constraintChanges(before, after);
  if (before === undefined) {
    if (after.kind !== "PolicyException") return [];
    return [
      {
        key: "exception",
        at: after.root.at("spec") ?? after.root,
        message: "what it names passes the policies that it names",
        grave: false,
      },
    ];
  }
  if (after.kind === "Namespace") return ofNamespace(before, after);
  if (after.kind === "ValidatingWebhookConfiguration") return webhooks(before, after);
  if (after.kind === "PolicyException") return excepted(before, after);
  return [
    ...turned(before, after),
    ...rulesTurned(before, after),
    ...(switchesOf(after).length > 0 ? leftOut(before, after) : []),
  ];
}
