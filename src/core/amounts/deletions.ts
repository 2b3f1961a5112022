import type { HclValue } from "../hcl.ts";
import { departures } from "../kubernetes/departures.ts";
import { nestedDeletions } from "../kinds/stateful.ts";
import { isLost, madeBy, terraformDeletions } from "../kinds/terraform-deletions.ts";
import { fatesOf } from "../terraform/fates.ts";
import type { ResourcesView } from "../terraform/model.ts";
import { isOpen } from "../terraform/addresses.ts";
import type { StatedTiers } from "../terraform/stateful.ts";
import type { KubernetesView } from "../views/kubernetes.ts";
import type { FileReach } from "../reach/reach.ts";
import { whole, zero } from "../../lib/quantity.ts";
import type { Sum } from "../views/memory.ts";
import { attributeOf, type TerraformBlock, type TerraformView, textOf } from "../views/terraform.ts";

/**
 * Resources and objects that a change deletes. A move is none, unless it leaves an environment; each instance counts in each
 * configuration that made it. Of a module that was not read nobody knows what it held.
 */
export function deletions(views: Views, stated: StatedTiers, reach: Reach): readonly Sum[] {
  const { kubernetes, terraform, resources } = views;
  const fates = fatesOf(resources);
  const lost = fates.filter(isLost).map(({ before }) => instance(before.address));
  const uncounted = fates.flatMap(({ kind, before }) =>
    kind === "uncounted" ? [{ known: zero, open: `how many of ${before.address} are gone is an expression` }] : [],
  );
  const unmade = terraformDeletions(views)
    .filter((block) => madeBy(block, fates).length === 0)
    .map((block) => amountOf(block));
  const fewer = terraform.blocks.flatMap(({ changed, before, after }) =>
    changed && before?.block.type === "module" && after !== undefined && madeBy(before, fates).length === 0
      ? [fewerOf(before, after)]
      : [],
  );
  const parts = nestedDeletions(terraform, stated).map(() => one);
  const objects = departures(kubernetes.objects, reach);
  return [...lost, ...uncounted, ...unmade, ...fewer, ...parts, ...objects.map(() => one)];
}

function instance(address: string): Sum {
  return { known: whole(1), open: isOpen(address) ? `how many ${address} stands for is an expression` : null };
}

type Reach = (path: string) => Pick<FileReach, "targets">;

interface Views {
  readonly kubernetes: KubernetesView;
  readonly terraform: TerraformView;
  readonly resources: ResourcesView;
}

const one: Sum = { known: whole(1), open: null };

function amountOf(block: TerraformBlock): Sum {
  if (block.block.type === "module") return { known: whole(1), open: `what ${block.address} holds is not counted` };
  const { number } = repeatsOf(block);
  if (number !== null) return { known: whole(number), open: null };
  return { known: whole(1), open: `how many ${block.address} stands for is an expression` };
}

/** Terraform destroys the instances that a smaller `count` or another `for_each` no longer names. */
function fewerOf(before: TerraformBlock, after: TerraformBlock): Sum {
  const [was, is] = [repeatsOf(before), repeatsOf(after)];
  const gone = was.text === is.text ? 0 : goneBetween(was, is);
  if (gone === null) return { known: zero, open: `how many of ${before.address} are gone is an expression` };
  return gone > 0 ? amountOf(before) : { known: zero, open: null };
}

/** What a block stands for: itself, as many as `count` says, or one for each key. `number` and `keys` are null where they are not known. */
interface Repeats {
  readonly by: "itself" | "count" | "key";
  readonly number: number | null;
  readonly keys: readonly string[] | null;
  readonly text: string;
}

function repeatsOf({ block }: TerraformBlock): Repeats {
  const [count, each] = ["count", "for_each"].map((name) => attributeOf(block.body, name));
  if (each !== undefined) {
    const keys = keysOf(each);
    return { by: "key", number: keys?.length ?? null, keys, text: textOf(each) };
  }
  if (count === undefined) return { by: "itself", number: 1, keys: null, text: "" };
  const number = count.kind === "literal" ? Number(count.value) : Number.NaN;
  return {
    by: "count",
    number: Number.isSafeInteger(number) && number >= 0 ? number : null,
    keys: null,
    text: textOf(count),
  };
}

/** An instance keeps its address under another number, but under another key it is another one. */
function goneBetween(was: Repeats, is: Repeats): number | null {
  if (was.by === "key" && is.by === "key") {
    const { keys } = is;
    return was.keys === null || keys === null ? null : was.keys.filter((key) => !keys.includes(key)).length;
  }
  if (was.by === "key" || is.by === "key") return was.number;
  return was.number === null || is.number === null ? null : Math.max(0, was.number - is.number);
}

function keysOf(each: HclValue): readonly string[] | null {
  switch (each.kind) {
    case "object":
      return each.entries.map(({ key }) => key);
    case "list":
      return each.items.every(({ kind }) => kind === "literal") ? each.items.map(textOf) : null;
    case "literal":
    case "unknown":
      return null;
  }
}
