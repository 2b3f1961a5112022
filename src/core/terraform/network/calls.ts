import { difference, type Interval, intervals } from "../../../lib/intervals.ts";
import { type Family, parseNetwork } from "../../../lib/ip.ts";
import type { HclAttribute, HclValue } from "../../hcl.ts";
import type { Observation } from "../../rule.ts";
import { attributeOf, type BlockChange, textOf } from "../../views/terraform.ts";
import { breadthOf } from "./publicity.ts";
import { inCode } from "../telling.ts";

/** Arguments by which modules that many use take networks, and rules of security groups and firewalls. */
const networkArgument =
  /^(?:computed_)?ingress_|^allowed_(?:cidr|ip|network)|_?allowed_cidr(?:_block)?s?$|authorized_networks$|public_access_cidrs$|security_group(?:_additional)?_rules$|^(?:ip_)?(?:allowlist|whitelist)|^firewall_rules$/u;
/** What says nothing of who comes in. */
const remarks: ReadonlySet<string> = new Set(["description", "name", "key", "tags"]);

/**
 * What calls of modules that are not in the repository newly pass to them about networks. Nobody here can tell what such a module makes
 * of it: whatever is new is undecided; of a call that is new, only what is for everybody.
 */
export function* callObservations(blocks: readonly BlockChange[], widerThan: number): Generator<Observation> {
  for (const { address, directory, before, after } of blocks) {
    if (after?.block.type !== "module") continue;
    const source = attributeOf(after.block.body, "source");
    if (source?.kind === "literal" && /^\.{1,2}\//u.test(String(source.value))) continue;
    for (const attribute of after.block.body.attributes) {
      if (!networkArgument.test(attribute.name)) continue;
      const was = before === undefined ? undefined : attributeOf(before.block.body, attribute.name);
      const added = before === undefined ? wideIn(attribute, widerThan) : addedTo(was, attribute);
      const [first] = added;
      if (first === undefined) continue;
      const more = added.length === 1 ? "" : ` and ${added.length - 1} more`;
      yield {
        at: { path: after.path, side: "head", line: attribute.line },
        about: [directory, address, attribute.name].join(" "),
        undecided: `what ${inCode(address)} lets in: its ${inCode(attribute.name)} newly has ${inCode(first)}${more}, and the module is not in this repository`,
      };
    }
  }
}

/** The items of an argument, without remarks. */
function itemsOf(value: HclValue): readonly HclValue[] {
  switch (value.kind) {
    case "list":
      return value.items.flatMap(itemsOf);
    case "object": {
      const entries = value.entries.filter(({ key }) => !remarks.has(key));
      const nested = entries.every((entry) => entry.value.kind === "object");
      return nested && entries.length > 0
        ? entries.flatMap((entry) => itemsOf(entry.value))
        : [{ kind: "object", entries }];
    }
    case "literal":
    case "unknown":
      return [value];
  }
}

function addedTo(before: HclValue | undefined, { value }: HclAttribute): readonly string[] {
  const stood = before === undefined ? [] : itemsOf(before);
  const texts = new Set(stood.map(textOf));
  const networks: Record<Family, Interval[]> = { 4: [], 6: [] };
  for (const range of stood.flatMap(networkIn)) networks[range.family].push({ from: range.from, to: range.to });
  return itemsOf(value).flatMap((item) => {
    const [range] = networkIn(item);
    const covered =
      range === undefined
        ? texts.has(textOf(item))
        : difference([{ from: range.from, to: range.to }], intervals(networks[range.family])).length === 0;
    return covered ? [] : [textOf(item)];
  });
}

function networkIn(item: HclValue): readonly NonNullable<ReturnType<typeof parseNetwork>>[] {
  const range = item.kind === "literal" ? parseNetwork(String(item.value)) : null;
  return range === null ? [] : [range];
}

/** Networks in the argument that are as good as the internet. */
function wideIn({ value }: HclAttribute, widerThan: number): readonly string[] {
  const words = itemsOf(value).flatMap((item) => textOf(item).match(/[\da-fA-F.:]+\/\d+/gu) ?? []);
  return words.filter((word) => {
    const range = parseNetwork(word);
    if (range === null) return false;
    const breadth = breadthOf(range.family, [range], range.family === 4 ? widerThan : 48);
    return breadth === "everybody" || breadth === "wide";
  });
}
