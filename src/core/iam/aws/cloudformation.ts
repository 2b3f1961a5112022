import { byCodeUnits } from "../../../lib/order.ts";
import type { Side } from "../../change/change-set.ts";
import { child, type Tree } from "../../views/documents.ts";
import { holdingOf, isPolicy } from "./written.ts";
import { type HolderChange, type HolderKind, type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { type Json, readStatement } from "./read.ts";
import { plainTree } from "./trees.ts";
import { constantMark, unmarked } from "./policy.ts";

interface Piece {
  readonly key: string;
  readonly kind: HolderKind;
  readonly name: string;
  readonly holding: Holding;
  readonly line: number;
}

/** What the resources of a template of CloudFormation, SAM or the CDK attach to something. Empty where it is no template. */
export function templateHolders(path: string, before: Tree | null, after: Tree | null): readonly HolderChange[] {
  const [was, is] = [
    Map.groupBy(piecesOf(before, path, "base"), ({ key }) => key),
    Map.groupBy(piecesOf(after, path, "head"), ({ key }) => key),
  ];
  const [stood, stands] = [before, after].map(
    (template) => new Set((template === null ? [] : resourcesOf(template)).map(({ key }) => key)),
  );
  return [...new Set([...was.keys(), ...is.keys()])].toSorted(byCodeUnits).flatMap((key): readonly HolderChange[] => {
    const [old, fresh] = [was.get(key) ?? [], is.get(key) ?? []];
    const [first] = [...fresh, ...old];
    if (first === undefined) return [];
    const own = /^(?:trust:)?at:(.*)$/u.exec(key)?.[1];
    return [
      {
        kind: first.kind,
        name: first.name,
        stood: own === undefined || stood?.has(own) === true,
        stands: own === undefined || stands?.has(own) === true,
        before: joinedHoldings(old.map(({ holding }) => holding)),
        after: joinedHoldings(fresh.map(({ holding }) => holding)),
        root: null,
        paths: [path],
        at: { path, side: fresh.length > 0 ? "head" : "base", line: first.line },
      },
    ];
  });
}

interface Resource {
  readonly key: string;
  readonly type: string;
  readonly properties: Tree;
  readonly line: number;
}

function resourcesOf(template: Tree): readonly Resource[] {
  const resources = child(template, "Resources");
  if (resources?.kind !== "map") return [];
  return resources.entries.flatMap(({ key, value }) => {
    const type = child(value, "Type");
    const properties = child(value, "Properties");
    return type?.kind === "scalar" && properties !== undefined
      ? [{ key, type: String(type.value), properties, line: value.span.line }]
      : [];
  });
}

interface Reader {
  readonly path: string;
  readonly side: Side;
  readonly isResource: (name: string) => boolean;
}

function piecesOf(template: Tree | null, path: string, side: Side): readonly Piece[] {
  if (template === null) return [];
  const resources = resourcesOf(template);
  const names = new Set(resources.map(({ key }) => key));
  const reader: Reader = { path, side, isResource: (name) => names.has(name) };
  return resources.flatMap((resource) => {
    const pieces =
      identityPieces(resource, reader) ?? lambdaPiece(resource, reader) ?? resourcePieces(resource, reader);
    return pieces.map((piece) => ({ ...piece, line: resource.line }));
  });
}

type Bare = Omit<Piece, "line">;

function identityPieces({ key, type, properties }: Resource, reader: Reader): readonly Bare[] | null {
  const own = (holding: Holding, words: string): Bare => ({
    key: `at:${key}`,
    kind: "identity",
    name: `${words} \`${key}\``,
    holding,
  });
  switch (type) {
    case "AWS::IAM::Role":
    case "AWS::IAM::User":
    case "AWS::IAM::Group": {
      const words = (type.split("::")[2] ?? "").toLowerCase();
      const trust = child(properties, "AssumeRolePolicyDocument");
      return [
        own(
          joinedHoldings([
            inline(child(properties, "Policies"), reader),
            managed(child(properties, "ManagedPolicyArns"), reader),
            bounded(properties, reader),
          ]),
          words,
        ),
        ...(trust === undefined
          ? []
          : [
              {
                key: `trust:at:${key}`,
                kind: "trust" as const,
                name: `role \`${key}\``,
                holding: documentIn(trust, reader),
              },
            ]),
      ];
    }
    case "AWS::IAM::Policy":
    case "AWS::IAM::ManagedPolicy":
    case "AWS::IAM::RolePolicy":
    case "AWS::IAM::UserPolicy":
    case "AWS::IAM::GroupPolicy": {
      const document = child(properties, "PolicyDocument");
      const holding = document === undefined ? nothingHeld : documentIn(document, reader);
      const names = ["Roles", "Users", "Groups", "RoleName", "UserName", "GroupName"].flatMap((name) => {
        const found = child(properties, name);
        return found === undefined ? [] : texts(found, reader);
      });
      if (names.length === 0) return [own(holding, "policy")];
      return names.map((name) => ({
        ...target(name),
        kind: "identity" as const,
        name: `identity \`${unmarked(name)}\``,
        holding,
      }));
    }
    case "AWS::Serverless::Function":
    case "AWS::Serverless::StateMachine":
      return [
        own(joinedHoldings([inline(child(properties, "Policies"), reader), bounded(properties, reader)]), "function"),
      ];
    case "AWS::SSO::PermissionSet": {
      const policy = child(properties, "InlinePolicy");
      return [
        own(
          joinedHoldings([
            policy === undefined ? nothingHeld : documentIn(policy, reader),
            managed(child(properties, "ManagedPolicies"), reader),
          ]),
          "permission set",
        ),
      ];
    }
    case "AWS::Organizations::Policy": {
      const content = child(properties, "Content");
      const holding = content === undefined ? nothingHeld : documentIn(content, reader);
      return [{ key: `at:${key}`, kind: "guardrail", name: `organisation policy \`${key}\``, holding }];
    }
    default:
      return null;
  }
}

function target(name: string): { readonly key: string } {
  const resource = name.startsWith(constantMark) ? unmarked(name).split(".")[0] : undefined;
  return { key: resource === undefined ? `named:${name}` : `at:${resource}` };
}

/** `Policies` of a role are named documents; those of SAM are documents, names of policies, or policy templates. */
function inline(policies: Tree | undefined, reader: Reader): Holding {
  if (policies === undefined) return nothingHeld;
  const list = policies.kind === "list" && policies.tag === undefined ? policies.items : [policies];
  return joinedHoldings(
    list.map((one): Holding => {
      const document = child(one, "PolicyDocument") ?? (isPolicy(one) ? one : undefined);
      if (document !== undefined) return documentIn(document, reader);
      if (one.kind === "scalar" && one.tag === undefined) {
        const text = String(one.value);
        const name = text.startsWith("arn:") ? text : `arn:aws:iam::aws:policy/${text}`;
        return { ...nothingHeld, named: [{ name, at: placeOf(one, reader) }] };
      }
      const name = unmarked(JSON.stringify(plainTree(one, reader.isResource)));
      return { ...nothingHeld, named: [{ name, at: placeOf(one, reader) }] };
    }),
  );
}

function managed(list: Tree | undefined, reader: Reader): Holding {
  if (list === undefined) return nothingHeld;
  const items = list.kind === "list" && list.tag === undefined ? list.items : [list];
  return {
    ...nothingHeld,
    named: items.map((item) => {
      const text = plainTree(item, reader.isResource);
      const name = typeof text === "string" ? text : JSON.stringify(text);
      const aws = /:iam::aws:policy\/([\w+=,.@/-]+)$/u.exec(name)?.[1];
      return { name: aws === undefined ? unmarked(name) : `arn:aws:iam::aws:policy/${aws}`, at: placeOf(item, reader) };
    }),
  };
}

function bounded(properties: Tree, reader: Reader): Holding {
  const boundary = child(properties, "PermissionsBoundary");
  if (boundary === undefined) return nothingHeld;
  const text = plainTree(boundary, reader.isResource);
  const name = unmarked(typeof text === "string" ? text : JSON.stringify(text));
  return { ...nothingHeld, boundary: { name, at: placeOf(boundary, reader), statements: null } };
}

function texts(tree: Tree, { isResource }: Reader): readonly string[] {
  const plain = plainTree(tree, isResource);
  const list: readonly Json[] = Array.isArray(plain) ? plain : [plain];
  return list.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
}

function placeOf(tree: Tree, { path, side }: Reader) {
  return { path, side, line: tree.span.line };
}

function documentIn(document: Tree, reader: Reader): Holding {
  if (isPolicy(document) && document.tag === undefined)
    return holdingOf(document, reader.path, reader.side, reader.isResource);
  const text = JSON.stringify(plainTree(document, reader.isResource));
  return { ...nothingHeld, unread: [{ text: unmarked(text), at: placeOf(document, reader) }] };
}

/** Whatever holds statements in its properties is the policy of a resource. */
function resourcePieces({ key, type, properties }: Resource, reader: Reader): readonly Bare[] {
  if (properties.kind !== "map") return [];
  const documents = properties.entries.filter(({ value }) => isPolicy(value));
  if (documents.length === 0) return [];
  const holding = joinedHoldings(documents.map(({ value }) => documentIn(value, reader)));
  const on = ["Bucket", "Queues", "Topics", "SecretId", "VpcEndpointId", "FileSystemId"]
    .map((name) => child(properties, name))
    .find((found) => found !== undefined);
  const names = on === undefined || type === "AWS::EC2::VPCEndpoint" ? [] : texts(on, reader);
  if (names.length === 0) return [{ key: `at:${key}`, kind: "resource", name: `\`${key}\``, holding }];
  return names.map((name) => ({ ...target(name), kind: "resource" as const, name: `\`${unmarked(name)}\``, holding }));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html */
function lambdaPiece({ type, properties, key }: Resource, reader: Reader): readonly Bare[] | null {
  if (type !== "AWS::Lambda::Permission") return null;
  const at = (name: string): string | undefined => {
    const found = child(properties, name);
    return found === undefined ? undefined : texts(found, reader)[0];
  };
  const principal = at("Principal") ?? "*";
  const tests: readonly (readonly [string, string, string | undefined])[] = [
    ["ArnLike", "AWS:SourceArn", at("SourceArn")],
    ["StringEquals", "AWS:SourceAccount", at("SourceAccount")],
    ["StringEquals", "aws:PrincipalOrgID", at("PrincipalOrgID")],
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
  const on = at("FunctionName") ?? key;
  return [{ ...target(on), kind: "resource", name: `\`${unmarked(on)}\``, holding }];
}
