import type { HclBody } from "../hcl.ts";
import { attributeOf, textOf } from "../views/terraform.ts";
import type { Resource } from "./model.ts";

/** Attributes by which a provider knows a thing: two of one kind with the same are the same thing. */
const identities: ReadonlySet<string> = new Set([
  "account_id",
  "bucket",
  "cluster_identifier",
  "dataset_id",
  "domain_name",
  "identifier",
  "name",
  "replication_group_id",
  "repository_id",
  "secret_id",
]);

/** From 0 to 1: how much of what the two say is the same. An identity that both state decides; null: they are two things. */
export function likeness(a: Resource, b: Resource): number | null {
  for (const { name, value } of a.block.body.attributes) {
    const other = identities.has(name) ? attributeOf(b.block.body, name) : undefined;
    if (value.kind !== "literal" || other?.kind !== "literal") continue;
    return value.value === other.value ? 1 : null;
  }
  const [one, other] = [leaves(a.block.body), leaves(b.block.body)];
  const names = new Set([...one.keys(), ...other.keys()]);
  if (names.size === 0) return 1;
  return [...names].filter((name) => one.get(name) === other.get(name)).length / names.size;
}

const meta = new Set(["count", "for_each", "provider", "depends_on", "lifecycle"]);

function leaves(body: HclBody, path = "", found = new Map<string, string>()): Map<string, string> {
  for (const { name, value } of body.attributes) {
    if (path !== "" || !meta.has(name)) found.set(`${path}${name}`, textOf(value));
  }
  for (const [index, block] of body.blocks.entries()) {
    if (!meta.has(block.type)) leaves(block.body, `${path}${block.type}.${index}.`, found);
  }
  return found;
}
