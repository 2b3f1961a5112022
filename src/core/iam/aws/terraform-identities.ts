import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { documentAt, textOfBlock } from "./terraform-documents.ts";
import { documentIn, lineOf, named, type Piece, pieceOf, placeOf, policiesAt, policyOf } from "./terraform-pieces.ts";
import { type Configuration, each, isNothing, referenceOf } from "./terraform-references.ts";

const identityTypes = /^aws_iam_(?:role|user|group)$/u;

/** What a resource gives to roles, users, groups and permission sets. Null: it is about none of them. */
export function identityPieces(resource: Resource, configuration: Configuration): readonly Piece[] | null {
  const { type } = resource;
  const words = /^aws_iam_(role|user|group)/u.exec(type)?.[1] ?? "identity";
  const to = (attribute: string, kind: string, holding: Holding): readonly Piece[] =>
    given(resource, attribute, kind, holding, configuration);
  switch (type) {
    case "aws_iam_role":
    case "aws_iam_user":
    case "aws_iam_group":
      return ownPieces(resource, words, configuration);
    // Told where it is attached, or by itself.
    case "aws_iam_policy":
      return [];
    case "aws_iam_role_policy":
    case "aws_iam_user_policy":
    case "aws_iam_group_policy":
      return to(words, words, documentIn(resource, "policy", configuration));
    case "aws_iam_role_policy_attachment":
    case "aws_iam_user_policy_attachment":
    case "aws_iam_group_policy_attachment":
      return to(words, words, policiesAt(resource, "policy_arn", configuration));
    case "aws_iam_role_policy_attachments_exclusive":
    case "aws_iam_user_policy_attachments_exclusive":
    case "aws_iam_group_policy_attachments_exclusive":
      return to(`${words}_name`, words, policiesAt(resource, "policy_arns", configuration));
    case "aws_iam_policy_attachment": {
      const holding = policiesAt(resource, "policy_arn", configuration);
      return [...to("roles", "role", holding), ...to("users", "user", holding), ...to("groups", "group", holding)];
    }
    case "aws_iam_user_group_membership":
      return to("user", "user", membership(resource, "groups", "group", configuration));
    case "aws_iam_group_membership":
      return to("users", "user", membership(resource, "group", "group", configuration));
    case "aws_eks_access_policy_association":
      return to("principal_arn", "identity", clusterPolicy(resource, configuration));
    default:
      return setPieces(resource, configuration);
  }
}

/** One piece for each holder that an attribute names. */
function given(
  resource: Resource,
  attribute: string,
  kind: string,
  holding: Holding,
  configuration: Configuration,
): readonly Piece[] {
  const types = kind === "permission set" ? /^aws_ssoadmin_permission_set$/u : identityTypes;
  return each(attributeOf(resource.block.body, attribute), resource).map((value) => {
    const { key, name } = referenceOf(value, types, configuration);
    return { key, kind: "identity", name: `${kind} \`${name}\``, holding, from: resource, attached: false };
  });
}

/** https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html */
function setPieces(resource: Resource, configuration: Configuration): readonly Piece[] | null {
  const toSet = (holding: Holding): readonly Piece[] =>
    given(resource, "permission_set_arn", "permission set", holding, configuration);
  const at = placeOf(resource, configuration);
  switch (resource.type) {
    case "aws_ssoadmin_permission_set":
      return [pieceOf("identity", resource, `permission set \`${resource.address}\``, nothingHeld, configuration)];
    case "aws_ssoadmin_permission_set_inline_policy":
      return toSet(documentIn(resource, "inline_policy", configuration));
    case "aws_ssoadmin_managed_policy_attachment":
      return toSet(policiesAt(resource, "managed_policy_arn", configuration));
    case "aws_ssoadmin_managed_policy_attachments_exclusive":
      return toSet(policiesAt(resource, "managed_policy_arns", configuration));
    case "aws_ssoadmin_customer_managed_policy_attachment":
    case "aws_ssoadmin_customer_managed_policy_attachments_exclusive":
      return toSet(
        joinedHoldings(
          blocksOf(resource, "customer_managed_policy_reference").map((one) =>
            named(referredName(one, configuration), at),
          ),
        ),
      );
    case "aws_ssoadmin_permissions_boundary_attachment": {
      const blocks = blocksOf(resource, "permissions_boundary");
      const names = blocks.map((one) => {
        const inner = one.body.blocks.filter(({ type }) => type !== "content");
        const arn = attributeOf(one.body, "managed_policy_arn");
        return arn === undefined ? inner.map((deep) => referredName(deep, configuration)).join() : textOf(arn);
      });
      const name = configuration.renamed(names.join() || resource.address);
      return toSet({ ...nothingHeld, boundary: { name, at, what: "policy", statements: null } });
    }
    case "aws_ssoadmin_account_assignment":
      return assignment(resource, configuration);
    default:
      return null;
  }
}

function blocksOf(resource: Resource, type: string): readonly HclBlock[] {
  return resource.block.body.blocks.filter(
    (one) => one.type === type || (one.type === "dynamic" && one.labels[0] === type),
  );
}

function referredName(block: HclBlock, configuration: Configuration): string {
  const name = attributeOf(block.body, "name") ?? attributeOf(block.body, "policy_name");
  return name === undefined ? textOfBlock(block, configuration) : configuration.renamed(textOf(name));
}

/** A person or a group comes to have a permission set in an account. */
function assignment(resource: Resource, configuration: Configuration): readonly Piece[] {
  const { body } = resource.block;
  const told = (name: string): string => {
    const value = attributeOf(body, name);
    return value === undefined ? "" : configuration.renamed(textOf(value));
  };
  const to = attributeOf(body, "principal_id");
  if (to === undefined) return [];
  const kind = told("principal_type") === "GROUP" ? "group" : "user";
  const holding = named(
    `permission set ${told("permission_set_arn")} in account ${told("target_id")}`,
    placeOf(resource, configuration),
    "membership",
  );
  const { key, name } = referenceOf(to, /^aws_identitystore_(?:user|group)$/u, configuration);
  return [{ key, kind: "identity", name: `${kind} \`${name}\``, holding, from: resource, attached: false }];
}

function membership(resource: Resource, attribute: string, words: string, configuration: Configuration): Holding {
  const at = placeOf(resource, configuration, lineOf(resource, attribute));
  const groups = each(attributeOf(resource.block.body, attribute), resource);
  return joinedHoldings(
    groups.map((value) => {
      const { name } = referenceOf(value, identityTypes, configuration);
      return named(`${words} ${configuration.renamed(name)}`, at, "membership");
    }),
  );
}

/** https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html */
function clusterPolicy(resource: Resource, configuration: Configuration): Holding {
  const { body } = resource.block;
  const told = (value: HclValue | undefined): string =>
    value === undefined ? "" : configuration.renamed(textOf(value));
  const scope = blocksOf(resource, "access_scope").map((one) => textOfBlock(one, configuration));
  const policy = told(attributeOf(body, "policy_arn")).replace(/^arn:aws[\w-]*:eks::aws:cluster-access-policy\//u, "");
  const cluster = told(attributeOf(body, "cluster_name"));
  return named(
    `${policy} in cluster ${cluster}${scope.length === 0 ? "" : ` (${scope.join()})`}`,
    placeOf(resource, configuration),
    "membership",
  );
}

function ownPieces(resource: Resource, words: string, configuration: Configuration): readonly Piece[] {
  const { block } = resource;
  const inline = block.body.blocks.flatMap((one): readonly Holding[] => {
    if (one.type === "inline_policy") return [inlineOf(one, resource, configuration)];
    if (one.type !== "dynamic" || one.labels[0] !== "inline_policy") return [];
    const at = placeOf(resource, configuration, one.line);
    return [{ ...nothingHeld, unread: [{ text: textOfBlock(one, configuration), at }] }];
  });
  const boundary = attributeOf(block.body, "permissions_boundary");
  const bounded: Holding = isNothing(boundary)
    ? nothingHeld
    : { ...nothingHeld, boundary: boundaryOf(boundary, resource, configuration) };
  const own = joinedHoldings([...inline, policiesAt(resource, "managed_policy_arns", configuration), bounded]);
  const told = `${words} \`${resource.address}\``;
  const pieces = [pieceOf("identity", resource, told, own, configuration)];
  if (resource.type !== "aws_iam_role") return pieces;
  const trust = documentIn(resource, "assume_role_policy", configuration);
  return [...pieces, pieceOf("trust", resource, told, trust, configuration)];
}

function inlineOf({ body }: HclBlock, resource: Resource, configuration: Configuration): Holding {
  const found = body.attributes.find(({ name }) => name === "policy");
  return found === undefined ? nothingHeld : documentAt(resource, found, configuration);
}

function boundaryOf(value: HclValue, resource: Resource, configuration: Configuration): Holding["boundary"] {
  const line = lineOf(resource, "permissions_boundary");
  const held = policyOf(value, resource, line, configuration);
  const read = held.named.length === 0 && held.unread.length === 0;
  return {
    name: configuration.renamed(textOf(value)),
    what: "policy",
    at: placeOf(resource, configuration, line),
    statements: read ? held.statements : null,
  };
}
