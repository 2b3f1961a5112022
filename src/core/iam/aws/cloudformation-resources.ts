import {
  documentIn,
  keyOf,
  type Piece,
  placeOf,
  type Reader,
  type TemplateResource,
  textsAt,
} from "./cloudformation-reading.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { unmarked } from "./policy.ts";
import { readStatement } from "./read.ts";
import { isPolicy } from "./written.ts";

/** Properties that hold the policy of a resource, whatever they say. */
const documentNames =
  /^(?:PolicyDocument|ResourcePolicy|ResourcePolicyDocument|KeyPolicy|BucketPolicy|RepositoryPolicyText|FileSystemPolicy|AccessPolicies|AccessPolicy)$/u;

/** Whatever holds statements in its properties is the policy of a resource. */
export function resourcePieces(resource: TemplateResource, reader: Reader): readonly Piece[] {
  const { key, type, properties } = resource;
  if (type === "AWS::Lambda::Permission" || type === "AWS::Lambda::LayerVersionPermission")
    return lambdaPieces(resource, reader);
  if (properties.kind !== "map") return [];
  const documents = properties.entries.filter(({ key: name, value }) => documentNames.test(name) || isPolicy(value));
  const isFilter = type === "AWS::EC2::VPCEndpoint";
  if (documents.length === 0 && !isFilter) return [];
  const holding = joinedHoldings(documents.map(({ value }) => documentIn(value, reader)));
  const on = ["Bucket", "Queues", "Topics", "SecretId", "VpcEndpointId", "FileSystemId"]
    .map((name) => textsAt(properties, name, reader))
    .find((found) => found.length > 0);
  if (isFilter || on === undefined)
    return [{ key: `at:${key}`, kind: isFilter ? "filter" : "resource", name: `\`${key}\``, holding }];
  return on.map((name) => ({ key: keyOf(name), kind: "resource" as const, name: `\`${unmarked(name)}\``, holding }));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
function lambdaPieces({ properties, key }: TemplateResource, reader: Reader): readonly Piece[] {
  const at = (name: string): string | undefined => textsAt(properties, name, reader)[0];
  const principal = at("Principal") ?? "*";
  const tests: readonly (readonly [string, string, string | undefined])[] = [
    ["ArnLike", "AWS:SourceArn", at("SourceArn")],
    ["StringEquals", "AWS:SourceAccount", at("SourceAccount")],
    ["StringEquals", "aws:PrincipalOrgID", at("PrincipalOrgID") ?? at("OrganizationId")],
    ["StringEquals", "lambda:FunctionUrlAuthType", at("FunctionUrlAuthType")],
  ];
  const condition: Record<string, Record<string, string>> = {};
  for (const [operator, name, value] of tests) if (value !== undefined) (condition[operator] ??= {})[name] = value;
  const kind = principal.endsWith(".amazonaws.com") ? "Service" : "AWS";
  const statement = readStatement({
    Effect: "Allow",
    Principal: principal === "*" ? "*" : { [kind]: principal },
    Action: at("Action") ?? "*",
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  });
  const place = placeOf(properties, reader);
  const holding: Holding =
    typeof statement === "string"
      ? { ...nothingHeld, unread: [{ text: `${key}: ${statement}`, at: place }] }
      : { ...nothingHeld, statements: [{ statement, at: place, owner: reader.path, loose: false }] };
  const on = at("FunctionName") ?? at("LayerVersionArn") ?? key;
  return [{ key: keyOf(on), kind: "resource", name: `\`${unmarked(on)}\``, holding }];
}
