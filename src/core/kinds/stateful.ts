import type { Views } from "../views/views.ts";
import { attributeOf, type TerraformBlock, type TerraformView, textOf } from "../views/terraform.ts";
import { fatesOf } from "../terraform/fates.ts";
import { type StatedTiers, tierOf } from "../terraform/stateful.ts";
import { holdingOf } from "../kubernetes/stateful.ts";
import { isLost, madeBy, terraformDeletions } from "./terraform-deletions.ts";

/** Something that holds data and that the change deletes, as a clause: `aws_db_instance.main is gone`. */
export interface StatefulDeletion {
  readonly path: string;
  readonly because: string;
}

/** Blocks that are Terraform's own and no part of the thing. */
const meta = new Set(["lifecycle", "timeouts", "provisioner", "connection"]);

/** A part of something that holds data: a replica, a cluster, a disk. */
export interface NestedDeletion {
  readonly at: TerraformBlock;
  /** As a clause: `a replica of aws_dynamodb_table.orders is gone`. */
  readonly because: string;
}

/**
 * Nested blocks that are fewer than before in a resource that holds data. A plan calls that an update of the resource, and only the
 * provider knows which of its blocks are things with data of their own, so each may be. Lists of objects are another way to write them,
 * and in JSON the only one. What a dynamic block makes cannot be counted: it is gone where it is made from something else.
 */
export function nestedDeletions({ blocks }: TerraformView, stated: StatedTiers): readonly NestedDeletion[] {
  return blocks.flatMap(({ changed, before, after }) => {
    if (!changed || before === undefined || after === undefined) return [];
    if (before.block.type !== "resource" || tierOf(before.block.labels[0] ?? "", stated) !== "A") return [];
    const [had, has] = [partsOf(before), partsOf(after)];
    const fewer = [...had].filter(([part, count]) => (has.get(part) ?? 0) < count).map(([part]) => part);
    return fewer.map((part) => ({ at: after, because: `a ${part} of ${after.address} is gone` }));
  });
}

/** How often each part stands in a resource; of dynamic blocks, each with what it is made from. */
function partsOf({ path, block }: TerraformBlock): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (part: string, count: number): void => {
    if (count > 0) found.set(part, (found.get(part) ?? 0) + count);
  };
  for (const { type, labels, body } of block.body.blocks) {
    if (type !== "dynamic") add(type, meta.has(type) ? 0 : 1);
    else add(`${labels[0] ?? ""} for each of ${textOf(attributeOf(body, "for_each") ?? nothing)}`, 1);
  }
  for (const { name, value } of block.body.attributes) {
    if (value.kind === "list") add(name, value.items.filter(({ kind }) => kind === "object").length);
    else if (path.endsWith(".json") && !meta.has(name)) add(name, value.kind === "object" ? 1 : 0);
  }
  return found;
}

const nothing = { kind: "unknown", text: "" } as const;

/** What the change deletes that holds data, wherever a place of it is. Addresses that `moved` blocks take elsewhere are no deletions. */
export function statefulDeletions(
  views: Pick<Views, "kubernetes" | "terraform" | "resources">,
  stated: StatedTiers,
): readonly StatefulDeletion[] {
  const holds = (type: string): boolean => tierOf(type, stated) === "A";
  const fates = fatesOf(views.resources);
  const lost = fates.filter(isLost).filter(({ before }) => holds(before.type));
  const written = terraformDeletions(views).filter(
    (block) => holds(block.block.labels[0] ?? "") && madeBy(block, fates).length === 0,
  );
  const objects = views.kubernetes.objects.flatMap(({ changed, before, after }) =>
    changed && before !== undefined && after === undefined && holdingOf(before, stated)?.tier === "A" ? [before] : [],
  );
  return [
    ...nestedDeletions(views.terraform, stated).map(({ at, because }) => ({ path: at.path, because })),
    ...lost.flatMap(({ before, explainedBy }) =>
      [...new Set([before.path, ...explainedBy.map(({ path }) => path)])].map((path) => ({
        path,
        because: `${before.address} is gone`,
      })),
    ),
    ...written.map(({ path, address }) => ({ path, because: `${address} is gone` })),
    ...objects.map(({ path, kind, name }) => ({ path, because: `${kind}/${name} is gone` })),
  ];
}
