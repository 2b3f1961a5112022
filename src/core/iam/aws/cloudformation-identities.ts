import type { Place } from "../../change/change-set.ts";
import { child, type Tree } from "../../views/documents.ts";
import {
  documentIn,
  itemsOf,
  keyOf,
  type Piece,
  placeOf,
  type Reader,
  type TemplateResource,
  textsAt,
  told,
} from "./cloudformation-reading.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { unmarked } from "./policy.ts";
import { isPolicy } from "./written.ts";

/** What a resource gives to roles, users, groups and permission sets, or keeps from accounts. Null: it is about none of them. */
export function identityPieces({ key, type, properties }: TemplateResource, reader: Reader): readonly Piece[] | null {
  const own = (holding: Holding, words: string): Piece => ({
    key: `at:${key}`,
    kind: "identity",
    name: `${words} \`${key}\``,
    holding,
  });
  switch (type) {
    case "AWS::IAM::Role":
    case "AWS::IAM::User":
    case "AWS::IAM::Group":
    case "AWS::Serverless::Function":
    case "AWS::Serverless::StateMachine": {
      const words = (type.split("::")[2] ?? "").toLowerCase();
      const groups = textsAt(properties, "Groups", reader).map((name) =>
        membership(`group ${unmarked(name)}`, placeOf(properties, reader)),
      );
      const held = [
        inline(child(properties, "Policies"), reader),
        managed(child(properties, "ManagedPolicyArns"), reader),
        bounded(child(properties, "PermissionsBoundary"), reader),
        ...groups,
      ];
      const trust = child(properties, "AssumeRolePolicyDocument");
      const mine = own(joinedHoldings(held), words);
      return trust === undefined ? [mine] : [mine, { ...mine, kind: "trust", holding: documentIn(trust, reader) }];
    }
    case "AWS::IAM::Policy":
    case "AWS::IAM::ManagedPolicy":
    case "AWS::IAM::RolePolicy":
    case "AWS::IAM::UserPolicy":
    case "AWS::IAM::GroupPolicy": {
      const document = child(properties, "PolicyDocument");
      const holding = document === undefined ? nothingHeld : documentIn(document, reader);
      const names = ["Roles", "Users", "Groups", "RoleName", "UserName", "GroupName"].flatMap((name) =>
        textsAt(properties, name, reader),
      );
      if (names.length === 0) return [own(holding, "policy")];
      return names.map((name) => identity(name, holding));
    }
    case "AWS::IAM::UserToGroupAddition": {
      const group = textsAt(properties, "GroupName", reader).map(unmarked).join();
      const holding = membership(`group ${group}`, placeOf(properties, reader));
      return textsAt(properties, "Users", reader).map((name) => identity(name, holding));
    }
    case "AWS::SSO::PermissionSet":
      return [own(setHolding(properties, reader), "permission set")];
    case "AWS::SSO::Assignment": {
      const [set, account] = ["PermissionSetArn", "TargetId"].map((name) =>
        textsAt(properties, name, reader).map(unmarked).join(),
      );
      const holding = membership(`permission set ${set} in account ${account}`, placeOf(properties, reader));
      return textsAt(properties, "PrincipalId", reader).map((name) => identity(name, holding));
    }
    case "AWS::Organizations::Policy":
      return organisationPieces(key, properties, reader);
    default:
      return null;
  }
}

function identity(name: string, holding: Holding): Piece {
  return { key: keyOf(name), kind: "identity", name: `identity \`${unmarked(name)}\``, holding };
}

function membership(name: string, at: Place): Holding {
  return { ...nothingHeld, named: [{ name, at, what: "membership" }] };
}

function setHolding(properties: Tree, reader: Reader): Holding {
  const policy = child(properties, "InlinePolicy");
  const boundary = child(properties, "PermissionsBoundary");
  return joinedHoldings([
    policy === undefined ? nothingHeld : documentIn(policy, reader),
    managed(child(properties, "ManagedPolicies"), reader),
    managed(child(properties, "CustomerManagedPolicyReferences"), reader),
    bounded(boundary, reader),
  ]);
}

/** The policy by itself, and what it is attached to. */
function organisationPieces(key: string, properties: Tree, reader: Reader): readonly Piece[] {
  const sort = textsAt(properties, "Type", reader)[0] ?? "SERVICE_CONTROL_POLICY";
  if (/_POLICY(?:_EC2)?$/u.test(sort) && !/^(?:SERVICE|RESOURCE)_CONTROL_POLICY$/u.test(sort)) return [];
  const content = child(properties, "Content");
  const holding = content === undefined ? nothingHeld : documentIn(content, reader);
  const targets = textsAt(properties, "TargetIds", reader);
  return [
    { key: `at:${key}`, kind: "guardrail", name: `organisation policy \`${key}\``, holding },
    ...targets.map((target) => ({
      key: `target:${target}`,
      kind: "guardrail" as const,
      name: `organisation target \`${unmarked(target)}\``,
      holding,
    })),
  ];
}

/** `Policies` of a role are named documents; those of SAM are documents, names of policies, or policy templates. */
function inline(policies: Tree | undefined, reader: Reader): Holding {
  return joinedHoldings(
    itemsOf(policies).map((one): Holding => {
      const document = child(one, "PolicyDocument") ?? (isPolicy(one) ? one : undefined);
      if (document !== undefined) return documentIn(document, reader);
      const text = told(one, reader);
      const isName = one.kind === "scalar" && one.tag === undefined && !text.startsWith("arn:");
      const name = isName ? `arn:aws:iam::aws:policy/${text}` : text;
      return { ...nothingHeld, named: [{ name, at: placeOf(one, reader), what: "policy" }] };
    }),
  );
}

/** Policies by their ARNs, each with its document where that is in the template. */
function managed(list: Tree | undefined, reader: Reader): Holding {
  return joinedHoldings(
    itemsOf(list).map((item): Holding => {
      const name = told(item, reader);
      const own = reader.resources.get(name);
      const document = own?.type === "AWS::IAM::ManagedPolicy" ? child(own.properties, "PolicyDocument") : undefined;
      if (document !== undefined) return documentIn(document, reader);
      const aws = /:iam::aws:policy\/([\w+=,.@/-]+)$/u.exec(name)?.[1];
      const arn = aws === undefined ? name : `arn:aws:iam::aws:policy/${aws}`;
      return { ...nothingHeld, named: [{ name: arn, at: placeOf(item, reader), what: "policy" }] };
    }),
  );
}

function bounded(boundary: Tree | undefined, reader: Reader): Holding {
  if (boundary === undefined) return nothingHeld;
  const at = placeOf(boundary, reader);
  return { ...nothingHeld, boundary: { name: told(boundary, reader), at, what: "policy", statements: null } };
}
