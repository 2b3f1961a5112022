import type { HclBlock } from "../hcl.ts";
import type { Place } from "../change/change-set.ts";
import type { BlockChange, TerraformBlock } from "../views/terraform.ts";
import { attributeOf, textOf } from "../views/terraform.ts";
import { destroys } from "./gone-modules.ts";
import type { Resource, ResourcesView } from "./model.ts";
import { likeness } from "./likeness.ts";
import { isOpen, withoutKeys } from "./addresses.ts";

interface Told {
  readonly root: string;
  readonly variables: string | null;
  readonly before: Resource;
  readonly explainedBy: readonly Place[];
}

/**
 * What becomes of a resource that stood at the base. `readdressed`: another of its kind comes to an address that nothing ties to the
 * old one, so Terraform destroys the one and creates the other. `uncounted`: how many of it are left is an expression, and another one
 * than before; what may be left of it stands as well.
 */
export type Fate =
  | (Told & { readonly kind: "stands"; readonly after: Resource })
  | (Told & { readonly kind: "destroyed"; readonly statement: TerraformBlock | null })
  | (Told & { readonly kind: "forgotten"; readonly statement: TerraformBlock })
  | (Told & { readonly kind: "readdressed"; readonly after: Resource; readonly broughtBy: readonly Place[] })
  | (Told & { readonly kind: "uncounted"; readonly after: Resource; readonly what: string });

/** A resource that stood nowhere before, and what of the change brings it. */
interface Arrival {
  readonly after: Resource;
  readonly broughtBy: readonly Place[];
}

const cache = new WeakMap<ResourcesView, readonly Fate[]>();

/** The fates of every managed resource of the base. */
export function fatesOf(view: ResourcesView): readonly Fate[] {
  const known = cache.get(view);
  if (known !== undefined) return known;
  const roots = Map.groupBy(view.resources, ({ root, variables }) => JSON.stringify([root, variables]));
  const fates = [...roots.values()].flatMap((changes) => fatesIn(changes, view));
  cache.set(view, fates);
  return fates;
}

function fatesIn(changes: ResourcesView["resources"], view: ResourcesView): readonly Fate[] {
  const managed = changes.filter(({ before, after }) => (after ?? before)?.mode === "managed");
  const arrivals = new Map(
    managed.flatMap(({ before, after, explainedBy }) =>
      before === undefined && after !== undefined ? [[after.address, { after, broughtBy: explainedBy }] as const] : [],
    ),
  );
  const fates: Fate[] = [];
  const gone: Told[] = [];
  for (const { root, variables, before, after, explainedBy } of managed) {
    if (before === undefined) continue;
    const told: Told = { root, variables, before, explainedBy };
    if (after === undefined) gone.push(told);
    else {
      fates.push({ kind: "stands", ...told, after });
      const what = countedBy(before, after, view);
      if (what !== null) fates.push({ kind: "uncounted", ...told, after, what });
    }
  }
  // What keeps its name and key keeps its place, before anything else may take it.
  const [named, others] = [true, false].map((same) =>
    gone.filter(({ before }) => [...arrivals.values()].some(({ after }) => sameTail(before, after)) === same),
  );
  return [...fates, ...[...(named ?? []), ...(others ?? [])].map((told) => fateOfGone(told, arrivals, view))];
}

function fateOfGone(told: Told, arrivals: Map<string, Arrival>, view: ResourcesView): Fate {
  const { before, root } = told;
  const statement = removalOf(before, root, view);
  if (statement !== null) return { kind: destroys(statement) ? "destroyed" : "forgotten", ...told, statement };
  const arrival = successorOf(before, arrivals);
  if (arrival === null) return { kind: "destroyed", ...told, statement: null };
  arrivals.delete(arrival.after.address);
  return { kind: "readdressed", ...told, ...arrival };
}

/** The arrival that is most like it, if any is the same thing by name, or by most of what is written. */
function successorOf(before: Resource, arrivals: ReadonlyMap<string, Arrival>): Arrival | null {
  let best: { readonly one: Arrival; readonly score: number } | null = null;
  for (const one of arrivals.values()) {
    if (one.after.type !== before.type) continue;
    const alike = likeness(before, one.after);
    const sameName = one.after.name === before.name;
    if (alike === null || (!sameName && alike < leastLikeness)) continue;
    const score = alike + (sameName ? 1 : 0) + (sameTail(before, one.after) ? 1 : 0);
    if (best === null || score > best.score) best = { one, score };
  }
  return best?.one ?? null;
}

/** The same label and key, in whatever module. */
function sameTail(a: Resource, b: Resource): boolean {
  return tailOf(a) === tailOf(b);
}

/** The address within its module. */
export function tailOf({ module, address }: Resource): string {
  return module === "" ? address : address.slice(module.length + 1);
}

const leastLikeness = 0.6;

/** The expression that decides how many are left, where it is another one than before, or none; null: as many as there were. */
function countedBy(before: Resource, after: Resource, view: ResourcesView): string | null {
  if (!isOpen(before.address) && !isOpen(after.address)) return null;
  const [was, is] = [repetitionIn(before.block), repetitionIn(after.block)];
  // Without `count` there is one, and Terraform takes the instance 0 for it.
  if (is === null && was?.name === "count" && before.module === after.module) return null;
  if (was?.text !== is?.text) return is?.text ?? after.address;
  const call = callsOf(after.module).find((name) => callChanges(name, view));
  if (call !== undefined) return `how often module.${call} is called`;
  return before.address === after.address ? null : (is?.text ?? after.address);
}

function repetitionIn({ body }: HclBlock): { readonly name: string; readonly text: string } | null {
  const found = body.attributes.find(({ name }) => name === "count" || name === "for_each");
  return found === undefined ? null : { name: found.name, text: textOf(found.value) };
}

/** Names of the calls on the way to a module: `module.a["x"].module.b` is called by a and then b. */
export function callsOf(module: string): readonly string[] {
  return [...withoutKeys(module).matchAll(/(?:^|\.)module\.([^.]+)/gu)].map(([, name = ""]) => name);
}

function callChanges(name: string, { blocks }: ResourcesView): boolean {
  return blocks.some(({ before, after }) => {
    if (before?.block.type !== "module" || after === undefined || before.block.labels[0] !== name) return false;
    return repetitionIn(before.block)?.text !== repetitionIn(after.block)?.text;
  });
}

/** The `removed` block that says what becomes of a resource, in the root or in its own module. */
function removalOf(before: Resource, root: string, { blocks }: ResourcesView): TerraformBlock | null {
  const absolute = withoutKeys(before.address);
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
