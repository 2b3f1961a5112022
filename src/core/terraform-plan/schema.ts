import { z } from "zod";
import { isObject } from "./json.ts";

/** Names, addresses and versions. Longer ones are none that anybody gives. */
const nameMax = 2_000;
/** The value of a key that may be left out. */
const unknown = z.unknown().optional();
const name = z.string().max(nameMax);
const said = name.nullish().transform((value) => value ?? null);
const yesNo = z
  .boolean()
  .nullish()
  .transform((value) => value ?? null);

/** No root has as many of anything. */
const entriesMax = 100_000;

/** Absent and null are an empty list, as Terraform leaves out what is empty. */
function listOf<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .custom<readonly unknown[]>(Array.isArray, "expected a list")
    .nullish()
    .transform((given, context) => each(given ?? [], item, context));
}

/** An object whose keys are names of authors, as a list: a key may be `__proto__`. */
function entriesOf<T>(value: z.ZodType<T>): z.ZodType<readonly { readonly key: string; readonly value: T }[]> {
  const entry = z.object({ key: name, value });
  return z
    .custom<Readonly<Record<string, unknown>>>(isObject, "expected an object")
    .nullish()
    .transform((given, context) => {
      const entries = Object.entries(given ?? {}).map(([key, one]) => ({ key, value: one }));
      return each(entries, entry, context);
    });
}

/** The first that does not fit ends it: a complaint about each of millions would take more memory than there is. */
function each<T>(given: readonly unknown[], item: z.ZodType<T>, context: z.core.$RefinementCtx): readonly T[] {
  if (given.length > entriesMax) return refuse(context, [], `more than ${entriesMax} entries`);
  const items: T[] = [];
  for (const [index, one] of given.entries()) {
    const result = item.safeParse(one);
    const [issue] = result.error?.issues ?? [];
    if (!result.success) return refuse(context, [index, ...(issue?.path ?? [])], issue?.message ?? "unreadable");
    items.push(result.data);
  }
  return items;
}

function refuse(context: z.core.$RefinementCtx, path: PropertyKey[], message: string): never {
  context.issues.push({ code: "custom", input: null, path, message });
  return z.NEVER;
}

const step = z.union([name, z.number()]);

const change = z.object({
  actions: z.array(z.string().max(100)).max(20),
  before: unknown,
  after: unknown,
  after_unknown: unknown,
  before_sensitive: unknown,
  after_sensitive: unknown,
  replace_paths: listOf(z.array(step).max(200)),
  importing: z.object({ id: unknown }).nullish(),
  generated_config: unknown,
});

const resourceChange = z.object({
  address: name,
  previous_address: said,
  module_address: said,
  mode: name,
  type: name,
  name,
  index: z.union([name, z.number()]).nullish(),
  // Of something deferred: its address ends with `[*]`.
  index_unknown: yesNo,
  provider_name: said,
  // Terraform 0.12 wrote `true` here for what is not deposed.
  deposed: z.union([name, z.boolean()]).nullish(),
  action_reason: said,
  change,
});
export type ResourceChangeJson = z.infer<typeof resourceChange>;

const invocation = z.object({
  address: name,
  type: name,
  name,
  provider_name: said,
  lifecycle_action_trigger: z.object({ triggering_resource_address: said, action_trigger_event: said }).nullish(),
  invoke_action_trigger: unknown,
});
export type InvocationJson = z.infer<typeof invocation>;

export interface StateModuleJson {
  readonly resources: readonly { readonly address: string; readonly mode: string }[];
  readonly child_modules: readonly StateModuleJson[];
}
const stateModule: z.ZodType<StateModuleJson> = z.object({
  resources: listOf(z.object({ address: name, mode: name })),
  get child_modules() {
    return listOf(stateModule);
  },
});

const expressions = entriesOf(unknown);
const configuredResource = z.object({
  mode: name,
  type: name,
  name,
  expressions,
  count_expression: unknown,
  for_each_expression: unknown,
});

export interface ConfigurationModuleJson {
  readonly resources: readonly z.infer<typeof configuredResource>[];
  readonly module_calls: readonly { readonly key: string; readonly value: ModuleCallJson }[];
  readonly variables: readonly { readonly key: string; readonly value: { readonly sensitive: boolean | null } }[];
  readonly outputs: readonly { readonly key: string; readonly value: { readonly sensitive: boolean | null } }[];
}
export interface ModuleCallJson {
  readonly source: string | null;
  readonly version_constraint: string | null;
  readonly expressions: z.infer<typeof expressions>;
  readonly count_expression?: unknown;
  readonly for_each_expression?: unknown;
  readonly module: ConfigurationModuleJson | null;
}
const moduleCall: z.ZodType<ModuleCallJson> = z.object({
  source: said,
  version_constraint: said,
  expressions,
  count_expression: unknown,
  for_each_expression: unknown,
  get module() {
    return configurationModule.nullish().transform((value) => value ?? null);
  },
});
const mayBeSensitive = entriesOf(z.object({ sensitive: yesNo }));
const configurationModule: z.ZodType<ConfigurationModuleJson> = z.object({
  resources: listOf(configuredResource),
  get module_calls() {
    return entriesOf(moduleCall);
  },
  variables: mayBeSensitive,
  outputs: mayBeSensitive,
});
const configuration = z.object({
  provider_config: entriesOf(
    z.object({ name: said, full_name: said, version_constraint: said, module_address: said, expressions }),
  ),
  root_module: configurationModule.nullish().transform((value) => value ?? null),
});
export type ConfigurationJson = z.infer<typeof configuration>;

const check = z.object({
  address: z.object({ to_display: name }),
  status: name,
  instances: listOf(z.object({ problems: listOf(z.object({ message: z.string() })) })),
});

/** What is relied on of a plan. Keys that are not named here are let through: the format grows within its major version. */
export const planJson = z.object({
  terraform_version: said,
  timestamp: said,
  complete: yesNo,
  errored: yesNo,
  applyable: yesNo,
  resource_changes: listOf(resourceChange),
  resource_drift: listOf(resourceChange),
  deferred_changes: listOf(z.object({ reason: said, resource_change: resourceChange })),
  action_invocations: listOf(invocation),
  deferred_action_invocations: listOf(z.object({ action_invocation: invocation })),
  output_changes: entriesOf(change),
  prior_state: z.object({ values: z.object({ root_module: stateModule.nullish() }).nullish() }).nullish(),
  configuration: configuration.nullish(),
  checks: listOf(check),
  variables: entriesOf(z.object({ value: unknown })),
});
export type PlanJson = z.infer<typeof planJson>;
export type CheckJson = z.infer<typeof check>;
