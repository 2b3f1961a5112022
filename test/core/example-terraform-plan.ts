import { parse } from "yaml";
import { z } from "zod";
import type { ChangeSet } from "../../src/core/change/change-set.ts";
import type { Tools } from "../../src/core/syntax.ts";
import { configurationsOf } from "../../src/core/terraform/resources.ts";
import type { TerraformPlansView } from "../../src/core/terraform-plan/judged.ts";
import { judged } from "../../src/core/terraform-plan/judge.ts";
import { lineageDigest } from "../../src/core/terraform-plan/memory.ts";
import { readTerraformPlan } from "../../src/core/terraform-plan/read.ts";

const row = z.looseObject({
  /** Attributes with their values before and after. */
  of: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])).default({}),
  forced_by: z.array(z.array(z.union([z.string(), z.number()]))).default([]),
  provider: z.string().optional(),
  deposed: z.string().optional(),
  from: z.string().optional(),
});

const notation = z.strictObject({
  root: z.string().default("terraform/production"),
  workspace: z.string().default("default"),
  changes: z.array(row),
  drift: z.array(row).default([]),
  /** Addresses of managed resources; what the plan deletes, replaces, updates or lets go of, where it is not said. */
  state: z.array(z.string()).optional(),
  /** Addresses; what the head names, where it is not said. */
  configuration: z.array(z.string()).nullish(),
  lineage: z.string().nullable().default(null),
  serial: z.int().nullable().default(null),
  backend: z.string().nullable().default(null),
  remembered: z
    .strictObject({
      managed: z.int(),
      lineage: z.string().nullable().default(null),
      serial: z.int().nullable().default(null),
      backend: z.string().nullable().default(null),
    })
    .optional(),
  /** The base has moved in the same root since. */
  behind: z.boolean().default(false),
});

interface Given {
  readonly change: ChangeSet;
  readonly tools: Tools;
  readonly trusted: boolean;
}

const words = new Set(["of", "forced_by", "provider", "deposed", "from"]);
const actionsOf: Readonly<Record<string, readonly string[]>> = { replace: ["delete", "create"], nothing: ["no-op"] };

/** The Terraform plan of an example, through the reader of real ones; none where it states none. */
export function terraformPlansIn(text: string | undefined, { change, tools, trusted }: Given): TerraformPlansView {
  if (text === undefined) return { plans: [] };
  const stated = notation.parse(parse(text));
  const { root, workspace, lineage, serial, backend, remembered } = stated;
  const named = configurationsOf(change, tools, root)[0]?.named.head ?? null;
  const {
    configuration = [...(named?.resources ?? []), ...(named?.unread ?? []).map((call) => `${call}.null_resource.in`)],
  } = stated;
  const rows = stated.changes.map(rowOf);
  const existing = rows.filter(({ change: { actions } }) => !["create", "read"].includes(actions.join()));
  const state =
    stated.state ?? (existing.length === 0 ? ["null_resource.other"] : existing.map(({ address }) => address));
  const json = {
    format_version: "1.2",
    terraform_version: "1.11.4",
    complete: true,
    errored: false,
    applyable: true,
    timestamp: "2026-02-11T14:00:00Z",
    resource_changes: rows,
    resource_drift: stated.drift.map(rowOf),
    ...(state.length === 0
      ? {}
      : { prior_state: { format_version: "1.0", values: { root_module: { resources: state.map(partsOf) } } } }),
    ...(configuration === null ? {} : { configuration: configurationOf(configuration) }),
  };
  const read = readTerraformPlan(JSON.stringify(json));
  if (!read.ok) throw new Error(`The Terraform plan of an example cannot be read: ${read.reason}`);
  const before =
    remembered === undefined ? [] : [{ root, workspace, ...remembered, lineage: digestOf(remembered.lineage) }];
  const ground = { change, tools, remembered: before, written: null, baseSinceMs: null };
  const plan = judged(
    {
      root,
      workspace,
      plan: read.value,
      trusted,
      sources: [
        {
          plan: read.value,
          state: { lineage, serial, backend },
          trusted,
          receivedAtMs: read.value.timestampMs ?? 0,
        },
      ],
    },
    ground,
  );
  return { plans: [{ ...plan, isBehind: stated.behind }] };
}

function digestOf(lineage: string | null): string | null {
  return lineage === null ? null : lineageDigest(lineage);
}

function rowOf(stated: z.infer<typeof row>) {
  const action = Object.keys(stated).find((key) => !words.has(key));
  const address = action === undefined ? undefined : stated[action];
  if (action === undefined || typeof address !== "string") throw new Error("A row of a plan says what is done to what");
  const { of, forced_by, provider, deposed, from } = stated;
  const side = (index: 0 | 1) => Object.fromEntries(Object.entries(of).map(([name, values]) => [name, values[index]]));
  const actions = actionsOf[action] ?? [action];
  return {
    ...partsOf(address),
    ...(provider === undefined ? {} : { provider_name: provider }),
    ...(deposed === undefined ? {} : { deposed }),
    ...(from === undefined ? {} : { previous_address: from }),
    change: {
      actions,
      before: actions.join() === "create" ? null : side(0),
      after: actions.join() === "delete" ? null : side(1),
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
      replace_paths: forced_by,
    },
  };
}

const form =
  /^(?:(?<module>(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+))?(?<data>data\.)?(?<type>\w+)\.(?<name>[\w-]+)(?:\[(?<index>[^\]]*)\])?$/u;

function partsOf(address: string) {
  const parts = form.exec(address)?.groups;
  if (parts === undefined) throw new Error(`"${address}" is no address of a resource`);
  const { module, data, type = "", name = "", index } = parts;
  return {
    address,
    ...(module === undefined ? {} : { module_address: module.slice(0, -1) }),
    mode: data === undefined ? "managed" : "data",
    type,
    name,
    ...(index === undefined ? {} : { index: index.startsWith('"') ? index.slice(1, -1) : Number(index) }),
  };
}

interface Module {
  resources: object[];
  module_calls: Record<string, { source: string; module: Module }>;
}

function configurationOf(addresses: readonly string[]) {
  const root: Module = { resources: [], module_calls: {} };
  for (const address of addresses) {
    const { mode, type, name, module_address: around } = partsOf(address);
    let at = root;
    for (const [, call = ""] of (around ?? "").matchAll(/module\.([\w-]+)/gu)) {
      at.module_calls[call] ??= { source: "./", module: { resources: [], module_calls: {} } };
      at = at.module_calls[call]?.module ?? at;
    }
    at.resources.push({
      address: `${mode === "data" ? "data." : ""}${type}.${name}`,
      mode,
      type,
      name,
      expressions: {},
    });
  }
  return { root_module: root };
}
