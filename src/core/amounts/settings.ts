import { parseAmount } from "../../lib/amount.ts";
import { compare, zero } from "../../lib/quantity.ts";
import type { HclBody, HclValue } from "../hcl.ts";
import { isValuesOfChart } from "../kinds/settings.ts";
import { kindsOfSetting } from "../kinds/setting-names.ts";
import { kindOfAttribute } from "../kinds/terraform-types.ts";
import type { KubernetesView } from "../views/kubernetes.ts";
import type { Sum } from "../views/memory.ts";
import { type TerraformView, textOf } from "../views/terraform.ts";
import type { ConfigValue, ValuesView } from "../views/values.ts";

/** What settings add to, where the workload that they make larger is nobody's to see: how much is not known. */
export interface Unseen {
  readonly memory: readonly Sum[];
  readonly replicas: readonly Sum[];
}

interface Views {
  readonly kubernetes: KubernetesView;
  readonly terraform: TerraformView;
  readonly values: ValuesView;
}

type Effect = "memory" | "replicas";

/** By what sets how many there are when, and never how many there may be. */
const beside = /^(?:target|cooldown|polling|stabili[sz]ation|scaledown|scaleup|behavior|metrics?)/u;
/** Resources that are no memory. */
const noMemory = /^(?:cpus?|storage|ephemeralstorage|allocatedstorage)$/u;

/**
 * Settings of charts and of Terraform by which there are more replicas or more memory than before. Manifests say how much by
 * themselves; these do not: a chart or a provider makes the workload. One that falls, or stays, adds nothing. What a template sets
 * is a gap of the manifest that it is.
 */
export function unseen({ kubernetes, terraform, values }: Views): Unseen {
  // What only says what differs elsewhere need not say how much: of it the file alone in which it stands is read here.
  const manifests = new Set(
    kubernetes.objects.flatMap(({ changed, before, after, files }) => {
      const sides = [before, after].flatMap((object) => object ?? []);
      return !changed ? [] : sides.some(({ patch }) => patch) ? sides.map(({ path }) => path) : files;
    }),
  );
  const found = [...inValues(values, manifests), ...inTerraform(terraform)];
  const open = (wanted: Effect): readonly Sum[] =>
    found.flatMap(({ effects, because }) => (effects.includes(wanted) ? [{ known: zero, open: because }] : []));
  return { memory: open("memory"), replicas: open("replicas") };
}

interface Raised {
  readonly effects: readonly Effect[];
  readonly because: string;
}

function inValues({ values }: ValuesView, manifests: ReadonlySet<string>): readonly Raised[] {
  return values.flatMap((value) => {
    const [segments = []] = value.readings;
    const path = (value.after ?? value.before)?.path ?? "";
    const ofChart = isValuesOfChart(path);
    const effects = manifests.has(path) && !ofChart ? [] : effectsOf(segments, ofChart);
    return effects.length > 0 && mayRise(value)
      ? [{ effects, because: `what \`${key(segments)}\` makes larger was not read with it` }]
      : [];
  });
}

function effectsOf(segments: readonly string[], ofChart: boolean): readonly Effect[] {
  const last = (segments.at(-1) ?? "").toLowerCase().replaceAll(/[-_]/gu, "");
  const kinds = kindsOfSetting(segments, ofChart);
  if (kinds.includes("scale")) return beside.test(last) ? [] : ["memory", "replicas"];
  return kinds.includes("resources") && !noMemory.test(last) ? ["memory"] : [];
}

function mayRise({ before, after }: ConfigValue): boolean {
  // Without the line a default stands in its place: nobody has seen which.
  if (after === undefined || before === undefined) return true;
  if (after.scalar === false) return false;
  const [was, is] = [before.scalar, after.scalar].map((scalar) => parseAmount(String(scalar ?? "")));
  if (was === null || is === null || was === undefined || is === undefined) return true;
  return was.dimension !== is.dimension || compare(is.value, was.value) > 0;
}

function inTerraform({ blocks }: TerraformView): readonly Raised[] {
  return blocks.flatMap(({ changed, address, before, after }): readonly Raised[] => {
    if (!changed || after === undefined || !isMade.has(after.block.type)) return [];
    const [was, is] = [settingsIn(before?.block.body), settingsIn(after.block.body)];
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((path): readonly Raised[] => {
      const [old, fresh] = [was.get(path), is.get(path)];
      const name = (fresh ?? old)?.name ?? "";
      if (!hasRisen(old?.value, fresh?.value)) return [];
      const effects: readonly Effect[] = kindOfAttribute(name) === "scale" ? ["memory", "replicas"] : ["memory"];
      return [{ effects, because: `how much \`${name}\` of \`${address}\` makes larger is not told` }];
    });
  });
}

const isMade = new Set(["resource", "module"]);

interface Found {
  readonly name: string;
  readonly value: HclValue;
}

/** Settings of size and number, by where they stand in a block. */
function settingsIn(body: HclBody | undefined, above = ""): ReadonlyMap<string, Found> {
  const own = (body?.attributes ?? []).flatMap(({ name, value }): readonly [string, Found][] => {
    const kind = kindOfAttribute(name);
    const counts = kind === "scale" || (kind === "resources" && !noMemory.test(name.replaceAll("_", "")));
    return counts ? [[`${above}${name}`, { name, value }]] : [];
  });
  const nested = (body?.blocks ?? []).flatMap((block, index) => [
    ...settingsIn(block.body, `${above}${block.type}.${index}.`),
  ]);
  return new Map([...own, ...nested]);
}

function hasRisen(was: HclValue | undefined, is: HclValue | undefined): boolean {
  if (was !== undefined && is !== undefined && textOf(was) === textOf(is)) return false;
  const [old, fresh] = [numberOf(was), numberOf(is)];
  return old === null || fresh === null || fresh > old;
}

function numberOf(value: HclValue | undefined): number | null {
  return value?.kind === "literal" && typeof value.value === "number" ? value.value : null;
}

const keyLength = 80;

/** Names are an author's words, and are shown as code. */
function key(segments: readonly string[]): string {
  return segments.join(".").replaceAll("`", "'").slice(-keyLength);
}
