import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { nameOf } from "../../terraform/telling.ts";
import { textOf } from "../../views/terraform.ts";
import type { SideOfRoot } from "../configuration.ts";
import { lineOf, stated, textOfBlock } from "../grants/terms.ts";
import { type Context, type Found, type GoogleGrant, grantOf } from "./bindings.ts";
import { roleOf } from "./custom-roles.ts";
import { accountArguments, memberOf } from "./members.ts";
import { scopeNamed } from "./scopes.ts";

/** Arguments that name an account in a grant of BigQuery, and what stands before it in a member. */
const accounts: Readonly<Record<string, string>> = {
  user_by_email: "user:",
  group_by_email: "group:",
  domain: "domain:",
  special_group: "",
  iam_member: "",
};
/** https://cloud.google.com/bigquery/docs/access-control-basic-roles */
const datasetRoles: Readonly<Record<string, string>> = {
  OWNER: "roles/bigquery.dataOwner",
  WRITER: "roles/bigquery.dataEditor",
  READER: "roles/bigquery.dataViewer",
};

/** The `access` blocks of a dataset. */
export function datasetGrants(resource: Resource, side: SideOfRoot): Found | null {
  const of = ({ body }: HclBlock): readonly HclBlock[] => body.blocks.filter(({ type }) => type === "access");
  const [made, texts] = [of(resource.block), of(resource.written)];
  const value = stated(resource.block, "dataset_id");
  const generated = resource.block.body.blocks.filter(
    ({ type, labels }) => type === "dynamic" && labels[0] === "access",
  );
  if (made.length + generated.length === 0 || value === null) return null;
  const placed = { scope: scopeNamed("bigquery_dataset", value, resource, side), line: resource.written.line };
  const grants = made.flatMap((block, index) =>
    accessIn(block, texts.length === made.length ? (texts[index] ?? block) : block, { resource, placed, side }),
  );
  const unread = generated.map((block) => ({
    text: side.renamed(textOfBlock(block)),
    scope: placed.scope.id,
    at: { path: resource.path, side: side.side, line: block.line },
    owner: `${resource.path} ${nameOf(resource)}`,
  }));
  return { grants, unread, authorities: [], sources: [resource] };
}

function accessIn(block: HclBlock, written: HclBlock, context: Context): readonly GoogleGrant[] {
  const value = stated(block, "role");
  if (value === null) return [];
  const known = value.kind === "literal" ? datasetRoles[String(value.value)] : undefined;
  const role = roleOf(known === undefined ? value : { kind: "literal", value: known }, context.side);
  return accountArguments.flatMap((name) => {
    const named = stated(block, name);
    if (named === null) return [];
    const prefix = accounts[name] ?? "";
    const member = memberOf(prefixed(prefix, name, named), context.side);
    return [grantOf(role, member, null, written, context)];
  });
}

function prefixed(prefix: string, name: string, value: HclValue): HclValue {
  if (value.kind === "literal") {
    const account =
      name === "user_by_email" && String(value.value).endsWith(".gserviceaccount.com") ? "serviceAccount:" : prefix;
    return { kind: "literal", value: `${account}${String(value.value)}` };
  }
  const text = textOf(value);
  const isAccount = /google_service_account\./u.test(text);
  return { kind: "unknown", text: prefix === "" ? text : `"${isAccount ? "serviceAccount:" : prefix}\${${text}}"` };
}

/** A `google_bigquery_dataset_access`. */
export function accessGrants(resource: Resource, side: SideOfRoot): Found | null {
  const value = stated(resource.block, "dataset_id");
  if (value === null) return null;
  const scope = scopeNamed("bigquery_dataset", value, resource, side);
  const placed = { scope, line: lineOf(resource.written, "dataset_id") };
  const grants = accessIn(resource.block, resource.written, { resource, placed, side });
  return { grants, unread: [], authorities: [], sources: [resource] };
}
