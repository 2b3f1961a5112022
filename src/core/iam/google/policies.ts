import type { HclBlock, HclValue } from "../../hcl.ts";
import { ofPlain } from "../../terraform/configuration/values.ts";
import type { Resource } from "../../terraform/model.ts";
import { nameOf } from "../../terraform/telling.ts";
import { identityOfText, lineOf, readText, soleReference, stated, textOfBlock } from "../grants/terms.ts";
import { bindingGrants, type Context, type Found, type GoogleGrant } from "./bindings.ts";

/** A `google_KIND_iam_policy`: everybody who holds anything on it. */
export function policyGrants(context: Context): Found {
  const { resource, placed, side } = context;
  const { scope } = placed;
  const authorities = [{ scope, role: null, resource }];
  const value = stated(resource.block, "policy_data");
  const reference = value === null ? null : soleReference(readText(value));
  const data = reference === null ? undefined : side.byAddress.get(reference.address);
  const at = { path: resource.path, side: side.side, line: lineOf(resource.written, "policy_data") };
  const owner = `${resource.path} ${nameOf(resource)}`;
  if (data?.type === "google_iam_policy") {
    const inside: Context = { resource: data, placed, side };
    const pairs = bindingsOf(data);
    const generated = data.block.body.blocks.filter(
      ({ type, labels }) => type === "dynamic" && labels[0] === "binding",
    );
    const unread = generated.map((block) => ({
      text: side.renamed(textOfBlock(block)),
      scope: scope.id,
      at: { ...at, path: data.path, line: block.line },
      owner: `${data.path} ${nameOf(data)}`,
    }));
    return {
      grants: pairs.flatMap(([block, written]) => bindingGrants(block, written, inside)),
      unread,
      authorities,
      sources: [resource, data],
    };
  }
  const grants = value === null ? [] : documentGrants(value, context);
  const text = value === null ? "" : identityOfText(readText(value), side);
  return {
    grants: grants ?? [],
    unread: grants === null ? [{ text, scope: scope.id, at, owner }] : [],
    authorities,
    sources: [resource],
  };
}

/** Each `binding` as it is evaluated, with the one that it is written as where they are as many. */
function bindingsOf({ block, written }: Resource): readonly (readonly [HclBlock, HclBlock])[] {
  const of = ({ body }: HclBlock): readonly HclBlock[] => body.blocks.filter(({ type }) => type === "binding");
  const [made, texts] = [of(block), of(written)];
  return made.map((one, index) => [one, texts.length === made.length ? (texts[index] ?? one) : one]);
}

/** A policy that is written out: `{ bindings = [{ role, members, condition }] }`. Null where it cannot be read. */
function documentGrants(value: HclValue, context: Context): readonly GoogleGrant[] | null {
  const { side, resource } = context;
  const json = value.kind === "unknown" ? value.json : undefined;
  const bindings = json?.kind === "object" ? json.entries.find(({ key }) => key === "bindings")?.value : undefined;
  if (bindings?.kind !== "list") return value.kind === "literal" ? textGrants(String(value.value), context) : null;
  const line = lineOf(resource.written, "policy_data");
  const blocks = bindings.items.map((item) => (item.kind === "object" ? blockOfEntries(item, line) : null));
  if (blocks.includes(null)) return null;
  return blocks.flatMap((block) => (block === null ? [] : bindingGrants(block, block, { ...context, side })));
}

function textGrants(text: string, context: Context): readonly GoogleGrant[] | null {
  const parsed = jsonOf(text);
  if (parsed === null) return null;
  const line = lineOf(context.resource.written, "policy_data");
  const values = parsed.map(ofPlain);
  const blocks = values.map((value) => (value.kind === "object" ? blockOfEntries(value, line) : null));
  if (blocks.includes(null)) return null;
  return blocks.flatMap((block) => (block === null ? [] : bindingGrants(block, block, context)));
}

function jsonOf(text: string): readonly unknown[] | null {
  try {
    const read: unknown = JSON.parse(text);
    const bindings: unknown = typeof read === "object" && read !== null && "bindings" in read ? read.bindings : null;
    return Array.isArray(bindings) ? bindings : null;
  } catch {
    return null; // said to be undecided by the caller
  }
}

function blockOfEntries(value: Extract<HclValue, { kind: "object" }>, line: number): HclBlock {
  const conditions = value.entries.filter(({ key, value: inner }) => key === "condition" && inner.kind === "object");
  return {
    type: "binding",
    labels: [],
    line,
    endLine: line,
    body: {
      attributes: value.entries
        .filter(({ key }) => key !== "condition")
        .map((entry) => ({ name: entry.key, value: entry.value, line, endLine: line })),
      blocks: conditions.flatMap((entry) =>
        entry.value.kind === "object" ? [{ ...blockOfEntries(entry.value, line), type: "condition" }] : [],
      ),
    },
  };
}
