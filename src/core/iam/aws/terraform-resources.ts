import type { Resource } from "../../terraform/model.ts";
import { attributeOf } from "../../views/terraform.ts";
import { type Holding, nothingHeld, type UnreadPart } from "./holders.ts";
import { readStatement } from "./read.ts";
import { isDocument } from "./terraform-documents.ts";
import { documentIn, kindOfLoose, type Piece, pieceOf, placeOf } from "./terraform-pieces.ts";
import { type Configuration, isNothing, referenceOf } from "./terraform-references.ts";
import { resourcePolicies } from "./terraform-types.ts";
import { plainOf } from "./terraform-values.ts";

/** What a name may mean. Many resources about a bucket have its name, too. */
const [buckets, things] = [/^(?:aws_s3_bucket|module)$/u, /^(?!.*_policy$)/u];

/** Policies that stand at things: who may do what with a bucket, a key, a queue. */
export function resourcePieces(resource: Resource, configuration: Configuration): readonly Piece[] {
  if (resource.type === "aws_lambda_permission") return lambdaPieces(resource, "function_name", configuration);
  if (resource.type === "aws_lambda_layer_version_permission")
    return lambdaPieces(resource, "layer_name", configuration);
  const shape = resourcePolicies[resource.type];
  if (shape === undefined) return unknownPieces(resource, configuration);
  const { kind = "resource" } = shape;
  const isEmpty = isNothing(attributeOf(resource.block.body, shape.document));
  // A filter that is empty lets everything pass: it is one all the same.
  if (isEmpty && kind !== "filter") return defaultPieces(resource, configuration);
  const on = shape.on === null ? undefined : attributeOf(resource.block.body, shape.on);
  const holding = documentIn(resource, shape.document, configuration);
  const target = on === undefined ? null : referenceOf(on, shape.on === "bucket" ? buckets : things, configuration);
  const name = `\`${target?.name ?? resource.address}\``;
  const piece = pieceOf(kind, resource, name, holding, configuration);
  return [target === null ? piece : { ...piece, key: target.key }];
}

/**
 * A key without a policy has one that lets the account decide, and it cannot be told who that is.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
function defaultPieces(resource: Resource, configuration: Configuration): readonly Piece[] {
  const isElsewhere = [...configuration.byAddress.values()].some(({ type }) => type === "aws_kms_key_policy");
  if (!/^aws_kms_(?:external_|replica_)?key$/u.test(resource.type) || isElsewhere) return [];
  const at = placeOf(resource, configuration);
  const holding: Holding = { ...nothingHeld, unread: [{ text: "the default policy of a key", at, onlyIfStood: true }] };
  return [pieceOf("resource", resource, `\`${resource.address}\``, holding, configuration)];
}

/** Whatever else holds a policy in an attribute: nobody knows of every resource that can. */
function unknownPieces(resource: Resource, configuration: Configuration): readonly Piece[] {
  return resource.block.body.attributes.flatMap(({ name, value }): readonly Piece[] => {
    if (!isDocument(value, configuration)) return [];
    const holding = documentIn(resource, name, configuration);
    return [pieceOf(kindOfLoose(holding), resource, `\`${resource.address}\``, holding, configuration)];
  });
}

/** One statement of a function's policy. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
function lambdaPieces(resource: Resource, attribute: string, configuration: Configuration): readonly Piece[] {
  const { body } = resource.block;
  const plain = (name: string): string | null => {
    const value = attributeOf(body, name);
    const read = value === undefined ? null : plainOf(value, configuration.renamed);
    return read === null ? null : typeof read === "object" ? JSON.stringify(read) : String(read);
  };
  const principal = plain("principal") ?? "*";
  const kind = /\.amazonaws\.com$|\.aws\.internal$/u.test(principal) ? "Service" : "AWS";
  const tests: [string, string, string | null][] = [
    ["ArnLike", "AWS:SourceArn", plain("source_arn")],
    ["StringEquals", "AWS:SourceAccount", plain("source_account")],
    ["StringEquals", "aws:PrincipalOrgID", plain("principal_org_id") ?? plain("organization_id")],
    ["StringEquals", "lambda:FunctionUrlAuthType", plain("function_url_auth_type")],
    ["StringEquals", "lambda:EventSourceToken", plain("event_source_token")],
  ];
  const condition: Record<string, Record<string, string>> = {};
  for (const [operator, key, value] of tests) if (value !== null) (condition[operator] ??= {})[key] = value;
  const statement = readStatement({
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { [kind]: principal },
    Action: plain("action") ?? "*",
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  });
  const on = attributeOf(body, attribute);
  if (on === undefined) return [];
  const { key, name } = referenceOf(on, /^aws_lambda_(?:function|alias|layer_version)$/u, configuration);
  const at = { path: resource.path, side: configuration.side, line: resource.written.line };
  const owner = `${resource.path} ${resource.type}.${resource.name}`;
  const unread: readonly UnreadPart[] =
    typeof statement === "string" ? [{ text: `${resource.address}: ${statement}`, at }] : [];
  const holding: Holding = {
    ...nothingHeld,
    unread,
    statements: typeof statement === "string" ? [] : [{ statement, at, owner, loose: false }],
  };
  return [{ key, kind: "resource", name: `\`${name}\``, holding, from: resource, attached: false }];
}
