import type { Place } from "../change/change-set.ts";
import type { BlockChange, TerraformBlock } from "../views/terraform.ts";
import { attributeOf, textOf } from "../views/terraform.ts";
import { destroys } from "./gone-modules.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { likeness } from "./likeness.ts";

interface Told {
  readonly root: string;
  readonly variables: string | null;
  readonly before: Resource;
  readonly explainedBy: readonly Place[];
}

/**
 * What becomes of a resource that stood at the base. `readdressed`: another of its kind comes to an address that nothing ties to the
 * old one, so Terraform destroys the one and creates the other. `undecided`: how many there are is an expression, and another one than
 * before.
 */
export type Fate =
  | (Told & { readonly kind: "stands"; readonly after: Resource })
  | (Told & { readonly kind: "destroyed"; readonly statement: TerraformBlock | null })
  | (Told & { readonly kind: "forgotten"; readonly statement: TerraformBlock })
  | (Told & { readonly kind: "readdressed"; readonly after: Resource })
  | (Told & { readonly kind: "undecided"; readonly after: Resource; readonly what: string });

const cache = new WeakMap<ResourcesView, readonly Fate[]>();

/** The fate of every managed resource of the base, in the order of the view. */
export function fatesOf(view: ResourcesView): readonly Fate[] {
  const known = cache.get(view);
  if (known !== undefined) return known;
  const roots = Map.groupBy(view.resources, ({ root, variables }) => JSON.stringify([root, variables]));
  const fates = [...roots.values()].flatMap((changes) => fatesIn(changes, view));
  cache.set(view, fates);
  return fates;
}

type Changes = ResourcesView["resources"];

function fatesIn(changes: Changes, view: ResourcesView): readonly Fate[] {
  const managed = changes.filter(({ before, after }) => (after ?? before)?.mode === "managed");
  const arrivals = new Map(
    managed.flatMap(({ before, after }) =>
      before === undefined && after !== undefined ? [[after.address, after] as const] : [],
    ),
  );
  const fates: Fate[] = [];
  const gone: Told[] = [];
  for (const { root, variables, before, after, explainedBy } of managed) {
    if (before === undefined) continue;
    const told: Told = { root, variables, before, explainedBy };
    if (after !== undefined) {
      const what = repetitionChange(before, after);
      fates.push(what === null ? { kind: "stands", ...told, after } : { kind: "undecided", ...told, after, what });
      continue;
    }
    const implied = arrivals.get(impliedMove(before.address));
    if (implied === undefined || isOpen(implied)) gone.push(told);
    else {
      arrivals.delete(implied.address);
      fates.push({ kind: "stands", ...told, after: implied });
    }
  }
  return [...fates, ...gone.map((told) => fateOfGone(told, arrivals, view))];
}

/** Terraform moves a resource itself where `count` comes or goes, from and to the instance 0; no module, and nothing with keys. */
function impliedMove(address: string): string {
  return address.endsWith("[0]") ? address.slice(0, -"[0]".length) : `${address}[0]`;
}

function fateOfGone(told: Told, arrivals: Map<string, Resource>, view: ResourcesView): Fate {
  const { before, root } = told;
  const statement = removalOf(before, root, view);
  if (statement !== null) return { kind: destroys(statement) ? "destroyed" : "forgotten", ...told, statement };
  const open = [...arrivals.values()].find((one) => keyless(one.address) === keyless(before.address) && isOpen(one));
  if (open !== undefined) {
    return { kind: "undecided", ...told, after: open, what: repetitionText(open) ?? "an expression" };
  }
  const after = successorOf(before, arrivals);
  if (after === null) return { kind: "destroyed", ...told, statement: null };
  arrivals.delete(after.address);
  return { kind: "readdressed", ...told, after };
}

/** The arrival that is most like it, if any is the same thing by name, or by most of what is written. */
function successorOf(before: Resource, arrivals: ReadonlyMap<string, Resource>): Resource | null {
  let best: { readonly one: Resource; readonly score: number } | null = null;
  for (const one of arrivals.values()) {
    if (one.type !== before.type) continue;
    const alike = likeness(before, one);
    if (alike === null || (one.name !== before.name && alike < leastLikeness)) continue;
    const score = alike + (one.name === before.name ? 1 : 0);
    if (best === null || score > best.score) best = { one, score };
  }
  return best?.one ?? null;
}
const leastLikeness = 0.6;

/** Without the keys of instances: `module.a["x"].b.c[0]` is `module.a.b.c`. */
export function keyless(address: string): string {
  return address.replaceAll(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/gu, "");
}

function repetitionText({ block }: Resource): string | null {
  const value = attributeOf(block.body, "count") ?? attributeOf(block.body, "for_each");
  return value === undefined ? null : textOf(value);
}

/** One for all instances, because nobody can tell how many there are. */
function isOpen(resource: Resource): boolean {
  const { block, address } = resource;
  const value = attributeOf(block.body, "count") ?? attributeOf(block.body, "for_each");
  return value !== undefined && value.kind === "unknown" && !address.endsWith("]");
}

/** The expression, where another one decides at head how many there are. */
function repetitionChange(before: Resource, after: Resource): string | null {
  if (!isOpen(after)) return null;
  const [was, is] = [repetitionText(before), repetitionText(after)];
  return was === is ? null : is;
}

/** The `removed` block that says what becomes of a resource, in the root or in its own module. */
function removalOf(before: Resource, root: string, { blocks }: ResourcesView): TerraformBlock | null {
  const absolute = keyless(before.address);
  const own = `${before.type}.${before.name}`;
  for (const { after } of blocks) {
    if (after?.block.type !== "removed") continue;
    const from = attributeOf(after.block.body, "from");
    const text = from === undefined ? "" : textOf(from);
    if (after.directory === root && (text === absolute || absolute.startsWith(`${text}.`))) return after;
    if (after.directory === before.directory && text === own) return after;
  }
  return null;
}

/** The block that makes a resource, on both sides. */
export function blockOf(resource: Resource, { blocks }: ResourcesView): BlockChange | undefined {
  const address = `${resource.type}.${resource.name}`;
  return blocks.find(
    (one) =>
      one.directory === resource.directory &&
      one.address === address &&
      (one.after ?? one.before)?.block.type === "resource",
  );
}
