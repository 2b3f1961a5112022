import { byCodeUnits } from "../../lib/order.ts";
import { byteLength, shorten, visible } from "../../lib/text.ts";
import { readConfiguration } from "./configuration.ts";
import { isObject, parseJson } from "./json.ts";
import { momentOf } from "./moment.ts";
import type { ActionInvocation, OutputChange, PlannedChange, PriorState, TerraformPlan } from "./plan.ts";
import { hidden, isMarked, type Marked, type Redactor, redactor, sensitiveTexts } from "./redact.ts";
import { contradiction, malformed, readChange } from "./resource.ts";
import {
  type CheckJson,
  type ConfigurationModuleJson,
  type InvocationJson,
  planJson,
  type PlanJson,
  type ResourceChangeJson,
  type StateModuleJson,
} from "./schema.ts";

/** `reason` is a clause that completes "Cannot read the plan: ..."; `remedy` says what whoever sent it can do. */
export type PlanReading =
  | { readonly ok: true; readonly value: TerraformPlan }
  | { readonly ok: false; readonly reason: string; readonly remedy: string };
type Refusal = Extract<PlanReading, { readonly ok: false }>;

/**
 * A plan has about 10 KB for each resource: this is one of 3,000 resources, and takes a second and some 400 MB to read. Larger ones
 * are roots that should have been split, or no plans.
 */
export const planLimitBytes = 32 * 1024 * 1024;

const asJson = "Save the plan with `terraform plan -out=FILE` and send what `terraform show -json FILE` prints.";
const again = "Make the plan again and send the whole of what `terraform show -json FILE` prints.";

/** Reads what `terraform show -json` or `tofu show -json` printed. Never throws; what is not understood is refused, not skipped. */
export function readTerraformPlan(text: string): PlanReading {
  const bytes = text.length > planLimitBytes ? text.length : byteLength(text);
  if (bytes > planLimitBytes) {
    return refused(
      `it has more than ${planLimitBytes / 1024 / 1024} MiB`,
      "Leave out what is not judged (`jq 'del(.planned_values, .relevant_attributes, .provider_schemas)'`), or split the root configuration.",
    );
  }
  const parsed = parse(text.replace(/^\uFEFF/u, ""));
  if ("ok" in parsed) return parsed;
  const stranger = notAPlan(parsed.value);
  if (stranger !== null) return stranger;
  const result = planJson.safeParse(parsed.value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = visible(shorten((issue?.path ?? []).map(String).join("."), 200));
    return refused(`\`${where}\` is not what the format has there: ${issue?.message ?? "unreadable"}`, again);
  }
  return read(result.data, versionOf(parsed.value) ?? "");
}

function refused(reason: string, remedy: string): Refusal {
  return { ok: false, reason, remedy };
}

function parse(text: string): { readonly value: unknown } | Refusal {
  if (text.trim() === "") return refused("it is empty", asJson);
  if (text.startsWith("PK\u0003\u0004")) return refused("it is a saved plan, which only Terraform can read", asJson);
  if (!/^\s*\{/u.test(text)) return refused("it is no JSON: it looks like a plan as printed for people", asJson);
  try {
    return parseJson(text) ?? refused("it is nested more deeply than any plan", again);
  } catch {
    // The parser's words quote the text, which may hold secrets.
    if (/^\s*\{"@level"/u.test(text)) return refused("it is the log of `terraform plan -json`", asJson);
    return refused("it is no whole JSON document: it may have been cut", again);
  }
}

/** HCP Terraform names the version otherwise in the plans that it gives to those who may not see values. */
function versionOf(value: unknown): string | null {
  if (!isObject(value)) return null;
  const version = value["format_version"] ?? value["plan_format_version"];
  return typeof version === "string" ? version : null;
}

function notAPlan(value: unknown): Refusal | null {
  if (!isObject(value)) return refused("it is no JSON object", asJson);
  if (Object.hasOwn(value, "@level")) return refused("it is the log of `terraform plan -json`", asJson);
  if (Object.hasOwn(value, "lineage") || Object.hasOwn(value, "serial")) {
    return refused("it is a state file, which may hold secrets", `Take care where it went. ${asJson}`);
  }
  const planned = ["planned_values", "resource_changes", "output_changes"].some((key) => Object.hasOwn(value, key));
  if (Object.hasOwn(value, "values") && !planned) {
    return refused("it is a state, as `terraform show -json` prints without a plan file", asJson);
  }
  const version = versionOf(value);
  if (version === null) return refused("it has no `format_version`", asJson);
  if (!planned) return refused("nothing in it is planned", asJson);
  if (!/^[01]\.\d{1,4}$/u.test(version)) {
    return refused(
      `its format_version ${JSON.stringify(visible(shorten(version, 20)))} is none of 0.1 to 1.x`,
      "Use a version of Terraform or OpenTofu that writes format 1, or a version of Sallyport that reads this one.",
    );
  }
  return null;
}

function read(plan: PlanJson, formatVersion: string): PlanReading {
  const rows = [
    ...plan.resource_changes,
    ...plan.resource_drift,
    ...plan.deferred_changes.map(({ resource_change }) => resource_change),
  ];
  for (const row of rows) {
    const wrong = contradiction(row) ?? malformed(row);
    if (wrong !== null) return refused(`${named(row)}: ${wrong}`, again);
  }
  for (const listed of [plan.resource_changes, plan.resource_drift]) {
    const twice = repeated(listed);
    if (twice !== null) return refused(`${named(twice)} stands in it twice`, again);
  }
  const keep = redactor(secretsOf(plan, rows));
  const changes = (listed: readonly ResourceChangeJson[]) =>
    listed.map((row) => readChange(row, keep)).toSorted(byAddress);
  return {
    ok: true,
    value: {
      formatVersion,
      terraformVersion: plan.terraform_version,
      timestampMs: momentOf(plan.timestamp),
      complete: plan.complete,
      errored: plan.errored,
      applyable: plan.applyable,
      changes: changes(plan.resource_changes),
      drift: changes(plan.resource_drift),
      deferred: plan.deferred_changes
        .map(({ reason, resource_change }) => ({ reason, change: readChange(resource_change, keep) }))
        .toSorted((a, b) => byAddress(a.change, b.change)),
      invocations: [
        ...plan.action_invocations.map((given) => invocation(given, false)),
        ...plan.deferred_action_invocations.map(({ action_invocation }) => invocation(action_invocation, true)),
      ].toSorted((a, b) => byCodeUnits(JSON.stringify(a), JSON.stringify(b))),
      outputs: outputs(plan, keep),
      priorState: priorState(plan),
      configuration: plan.configuration == null ? null : readConfiguration(plan.configuration),
      checks: plan.checks.map((check) => readCheck(check, keep)).toSorted((a, b) => byCodeUnits(a.address, b.address)),
      variables: variables(plan, keep),
    },
  };
}

function named({ address }: ResourceChangeJson): string {
  return `\`${visible(shorten(address, 200))}\``;
}

function byAddress(a: PlannedChange, b: PlannedChange): number {
  return byCodeUnits(a.address, b.address) || byCodeUnits(a.deposed ?? "", b.deposed ?? "");
}

/** An address that has two rows: who reads the first would judge otherwise than who reads the last. */
function repeated(rows: readonly ResourceChangeJson[]): ResourceChangeJson | null {
  const seen = new Set<string>();
  for (const row of rows) {
    const key = JSON.stringify([row.address, typeof row.deposed === "string" ? row.deposed : ""]);
    if (seen.has(key)) return row;
    seen.add(key);
  }
  return null;
}

function secretsOf(plan: PlanJson, rows: readonly ResourceChangeJson[]): readonly string[] {
  const marked = [...rows, ...plan.output_changes.map(({ value }) => ({ change: value }))].flatMap(({ change }) => [
    ...sensitiveTexts({ value: change.before, sensitive: change.before_sensitive, unknown: false }),
    ...sensitiveTexts({ value: change.after, sensitive: change.after_sensitive, unknown: false }),
  ]);
  const named = plan.variables.flatMap(({ key, value }) =>
    declared(plan.configuration?.root_module?.variables, key) === true
      ? sensitiveTexts({ value: value.value, sensitive: true, unknown: false })
      : [],
  );
  return [...marked, ...named];
}

/** Whether a declaration calls itself sensitive; null: there is none to ask. */
function declared(list: ConfigurationModuleJson["variables"] | undefined, name: string): boolean | null {
  const found = list?.find(({ key }) => key === name);
  return found === undefined ? null : found.value.sensitive === true;
}

function variables(plan: PlanJson, keep: Redactor): TerraformPlan["variables"] {
  const list = plan.configuration?.root_module?.variables;
  return plan.variables
    .map(({ key, value: { value } }) => ({
      name: key,
      // Only a declaration that does not call it sensitive lets a value out.
      value: keep.value({ value, sensitive: declared(list, key) !== false, unknown: false }),
    }))
    .toSorted((a, b) => byCodeUnits(a.name, b.name));
}

function outputs(plan: PlanJson, keep: Redactor): readonly OutputChange[] {
  const list = plan.configuration?.root_module?.outputs;
  return plan.output_changes
    .map(({ key, value: change }) => {
      const before = { value: change.before, sensitive: change.before_sensitive ?? true, unknown: false };
      const after = { value: change.after, sensitive: change.after_sensitive ?? true, unknown: change.after_unknown };
      // A value that is no longer marked was a secret until now, and the other way round.
      const kept = declared(list, key) === true || [before, after].some((side) => side.value != null && isMarked(side));
      const shown = (side: Marked) => keep.value(kept ? { ...side, sensitive: true } : side);
      return { name: key, actions: change.actions, before: shown(before), after: shown(after) };
    })
    .toSorted((a, b) => byCodeUnits(a.name, b.name));
}

function invocation(given: InvocationJson, deferred: boolean): ActionInvocation {
  const { address, type, name, provider_name: provider, lifecycle_action_trigger: lifecycle } = given;
  return {
    address,
    type,
    name,
    provider,
    trigger: lifecycle != null ? "lifecycle" : isObject(given.invoke_action_trigger) ? "invoke" : "unknown",
    triggeredBy: lifecycle?.triggering_resource_address ?? null,
    event: lifecycle?.action_trigger_event ?? null,
    deferred,
  };
}

function priorState({ prior_state }: PlanJson): PriorState | null {
  if (prior_state == null) return null;
  const root = prior_state.values?.root_module;
  return { managed: root == null ? [] : managedIn(root).toSorted(byCodeUnits) };
}

function managedIn({ resources, child_modules }: StateModuleJson): readonly string[] {
  const own = resources.flatMap(({ address, mode }) => (mode === "managed" ? [address] : []));
  return [...own, ...child_modules.flatMap(managedIn)];
}

function readCheck({ address, status, instances }: CheckJson, keep: Redactor): TerraformPlan["checks"][number] {
  const problems = instances.flatMap((instance) => instance.problems.map(({ message }) => keep.text(message)));
  return {
    address: address.to_display,
    status: status === "pass" || status === "fail" || status === "error" ? status : "unknown",
    problems: problems.slice(0, 20).map((message) => (message === null ? hidden : shorten(message, 400))),
  };
}
