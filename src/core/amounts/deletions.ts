import type { HclValue } from "../hcl.ts";
import { nestedDeletions } from "../kinds/stateful.ts";
import { terraformDeletions } from "../kinds/terraform.ts";
import type { KubernetesView } from "../views/kubernetes.ts";
import type { FileReach } from "../reach/reach.ts";
import { whole, zero } from "../../lib/quantity.ts";
import type { Sum } from "../views/memory.ts";
import { attributeOf, type TerraformBlock, type TerraformView, textOf } from "../views/terraform.ts";

/**
 * Resources and objects that a change deletes. A move is none, unless it leaves an environment; what stands for several counts as often
 * as it does.
 */
export function deletions({ kubernetes, terraform }: Views, reach: Reach): readonly Sum[] {
  const gone = terraformDeletions(terraform).map((block) => amountOf(block));
  const fewer = terraform.blocks.flatMap(({ changed, before, after }) =>
    changed && before !== undefined && after !== undefined && isMade(before) ? [fewerOf(before, after)] : [],
  );
  const parts = nestedDeletions(terraform).map(() => one);
  const objects = kubernetes.objects.filter(
    ({ changed, before, after }) =>
      changed && before?.patch === false && (after === undefined || leaves(before.path, after.path, reach)),
  );
  return [...gone, ...fewer, ...parts, ...objects.map(() => one)];
}

type Reach = (path: string) => Pick<FileReach, "targets">;

interface Views {
  readonly kubernetes: KubernetesView;
  readonly terraform: TerraformView;
}

const one: Sum = { known: whole(1), open: null };

function amountOf(block: TerraformBlock): Sum {
  if (block.block.type === "module") return { known: whole(1), open: `what ${block.address} holds is not counted` };
  const { number } = repeatsOf(block);
  if (number !== null) return { known: whole(number), open: null };
  return { known: whole(1), open: `how many ${block.address} stands for is an expression` };
}

/** Whether something that goes from one file to another is gone from an environment. */
function leaves(from: string, to: string, reach: Reach): boolean {
  const there = new Set(reach(to).targets.map(({ environment }) => environment));
  return from !== to && reach(from).targets.some(({ environment }) => !there.has(environment));
}

function isMade({ block }: TerraformBlock): boolean {
  return block.type === "resource" || block.type === "module";
}

/** Terraform destroys the instances that a smaller `count` or another `for_each` no longer names. */
function fewerOf(before: TerraformBlock, after: TerraformBlock): Sum {
  const [was, is] = [repeatsOf(before), repeatsOf(after)];
  const gone = was.text === is.text ? 0 : goneBetween(was, is);
  if (gone === null) return { known: zero, open: `how many of ${before.address} are gone is an expression` };
  return gone > 0 && before.block.type === "module" ? amountOf(before) : { known: whole(gone), open: null };
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
