import { byCodeUnits } from "../../../lib/order.ts";
import type { Side } from "../../change/change-set.ts";
import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Resource, ResourceChange, ResourcesView } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { pathsBehind, rootsIn, sideOf, successorsIn } from "../configuration.ts";
import {
  type HolderChange,
  type HolderKind,
  type Holding,
  joinedHoldings,
  nothingHeld,
  type UnreadPart,
} from "./holders.ts";
import { everything, type Statement } from "./policy.ts";
import { readStatement } from "./read.ts";
import { type Configuration, documentAt, documentOfData } from "./terraform-documents.ts";
import { nameAttributes, openWithoutPolicy, resourcePolicies } from "./terraform-types.ts";
import { plainOf } from "./terraform-values.ts";

/** What one resource gives to a holder. */
interface Piece {
  readonly key: string;
  readonly kind: HolderKind;
  readonly name: string;
  readonly holding: Holding;
  readonly from: Resource;
  /** A policy that other resources attach: it is told of them, and by itself where nothing attaches it. */
  readonly attached: boolean;
}

/** Everything that the roots of a change attach to something, on both sides. */
export function terraformHolders(view: ResourcesView): readonly HolderChange[] {
  const successors = successorsIn(view);
  return rootsIn(view).flatMap((changes) => holdersIn(changes, successors));
}

function holdersIn(
  changes: readonly ResourceChange[],
  successors: ReadonlyMap<Resource, string>,
): readonly HolderChange[] {
  const [base, head] = (["base", "head"] as const).map((side) => configurationOf(changes, side, successors));
  if (base === undefined || head === undefined) return [];
  const [was, is] = [base, head].map((one) => Map.groupBy(piecesOf(one), ({ key }) => key));
  const keys = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].toSorted(byCodeUnits);
  const stoodAt = new Set([...base.byAddress.keys()].map(base.renamed));
  const behind = pathsBehind(changes);
  return keys.flatMap((key): readonly HolderChange[] => {
    const [old, fresh] = [was?.get(key) ?? [], is?.get(key) ?? []];
    const [first] = [...fresh, ...old];
    if (first === undefined || [...old, ...fresh].every(({ attached }) => attached)) return [];
    const parts = [...old, ...fresh].map(({ from }) => from);
    const own = /^(?:\w+:)?at:(.*)$/u.exec(key)?.[1];
    const [root] = changes;
    return [
      {
        kind: first.kind,
        name: first.name,
        // What has no block in this root stands somewhere else.
        stood: own === undefined || stoodAt.has(own),
        stands: own === undefined || head.byAddress.has(own),
        before: joinedHoldings(old.map(({ holding }) => holding)),
        after: joinedHoldings(fresh.map(({ holding }) => holding)),
        root: root?.root ?? "",
        paths: [...new Set(parts.flatMap((part) => behind.get(part) ?? []))].toSorted(byCodeUnits),
        at: { path: first.from.path, side: fresh.length > 0 ? "head" : "base", line: first.from.written.line },
      },
    ];
  });
}

function configurationOf(
  changes: readonly ResourceChange[],
  side: Side,
  successors: ReadonlyMap<Resource, string>,
): Configuration {
  return { ...sideOf(changes, side, successors), used: new Set() };
}

function piecesOf(configuration: Configuration): readonly Piece[] {
  const resources = [...configuration.byAddress.values()];
  const managed = resources.filter(({ mode }) => mode === "managed");
  const pieces = managed.flatMap((resource) => [
    ...identityPieces(resource, configuration),
    ...resourcePieces(resource, configuration),
    ...organisationPieces(resource, configuration),
  ]);
  const policies = managed.filter(({ type }) => type === "aws_iam_policy");
  const loose = policies.map((policy) => ({
    policy,
    holding: documentIn(policy, "policy", configuration),
  }));
  const documents = resources.filter(({ type }) => type === "aws_iam_policy_document");
  const data = documents.map((one) => {
    const holding = documentOfData(one, configuration);
    return {
      data: one,
      holding: { ...holding, statements: holding.statements.map((statement) => ({ ...statement, loose: true })) },
    };
  });
  // Only when all is read it is known what is used.
  return [
    ...pieces,
    ...loose.map(({ policy, holding }) => ({
      ...pieceOf("identity", policy, `policy \`${policy.address}\``, holding, configuration),
      attached: configuration.used.has(policy.address),
    })),
    ...data.map(({ data: one, holding }) => ({
      ...pieceOf(kindOfLoose(holding), one, `document \`${one.address}\``, holding, configuration),
      attached: configuration.used.has(one.address),
    })),
  ];
}

/** Who is named in it says what it is for. */
function kindOfLoose({ statements }: Holding): HolderKind {
  if (statements.every(({ statement }) => statement.principals === everything)) return "identity";
  return statements.some(({ statement }) => statement.actions.patterns.some((action) => action.startsWith("sts:")))
    ? "trust"
    : "resource";
}

function pieceOf(
  kind: HolderKind,
  resource: Resource,
  name: string,
  holding: Holding,
  { renamed }: Configuration,
): Piece {
  return {
    key: `${kind === "trust" ? "trust:" : ""}at:${renamed(resource.address)}`,
    kind,
    name,
    holding,
    from: resource,
    attached: false,
  };
}

function documentIn(resource: Resource, name: string, configuration: Configuration): Holding {
  const found = resource.block.body.attributes.find((attribute) => attribute.name === name);
  return found === undefined
    ? nothingHeld
    : documentAt(resource, { value: found.value, line: lineOf(resource, name) }, configuration);
}

function lineOf(resource: Resource, name: string): number {
  return resource.written.body.attributes.find((one) => one.name === name)?.line ?? resource.written.line;
}

interface Reference {
  readonly key: string;
  readonly name: string;
}

/** What a value names: a resource of the configuration, or something elsewhere by its text. */
function referenceOf(value: HclValue, types: RegExp, { byAddress, renamed }: Configuration): Reference {
  const text = textOf(value);
  const address = value.kind === "unknown" ? /^(.+)\.(?:\w+)$/u.exec(text)?.[1] : undefined;
  const direct = address === undefined ? undefined : byAddress.get(address);
  const found =
    direct ??
    [...byAddress.values()].find(
      ({ type, block }) =>
        types.test(type) &&
        nameAttributes.some((name) => {
          const own = attributeOf(block.body, name);
          return own !== undefined && own.kind === "literal" && own.value !== null && String(own.value) === text;
        }),
    );
  if (found !== undefined) return { key: `at:${renamed(found.address)}`, name: found.address };
  return { key: `named:${renamed(text)}`, name: text };
}

const identityTypes = /^aws_iam_(?:role|user|group)$/u;

function identityPieces(resource: Resource, configuration: Configuration): readonly Piece[] {
  const { type, block } = resource;
  const words = /^aws_iam_(role|user|group)/u.exec(type)?.[1];
  const to = (attribute: string, kind: string, holding: Holding): readonly Piece[] =>
    each(attributeOf(block.body, attribute), resource).map((value) => {
      const { key, name } = referenceOf(value, identityTypes, configuration);
      return { key, kind: "identity", name: `${kind} \`${name}\``, holding, from: resource, attached: false };
    });
  switch (type) {
    case "aws_iam_role":
    case "aws_iam_user":
    case "aws_iam_group":
      return ownPieces(resource, words ?? "identity", configuration);
    case "aws_iam_role_policy":
    case "aws_iam_user_policy":
    case "aws_iam_group_policy":
      return to(words ?? "", words ?? "", documentIn(resource, "policy", configuration));
    case "aws_iam_role_policy_attachment":
    case "aws_iam_user_policy_attachment":
    case "aws_iam_group_policy_attachment":
      return to(words ?? "", words ?? "", policiesAt(resource, "policy_arn", configuration));
    case "aws_iam_policy_attachment": {
      const holding = policiesAt(resource, "policy_arn", configuration);
      return [...to("roles", "role", holding), ...to("users", "user", holding), ...to("groups", "group", holding)];
    }
    case "aws_ssoadmin_permission_set":
      return [pieceOf("identity", resource, `permission set \`${resource.address}\``, nothingHeld, configuration)];
    case "aws_ssoadmin_permission_set_inline_policy":
      return toSet(resource, documentIn(resource, "inline_policy", configuration), configuration);
    case "aws_ssoadmin_managed_policy_attachment":
      return toSet(resource, policiesAt(resource, "managed_policy_arn", configuration), configuration);
    case "aws_ssoadmin_customer_managed_policy_attachment": {
      const [reference] = block.body.blocks.filter((one) => one.type === "customer_managed_policy_reference");
      const value = reference === undefined ? undefined : attributeOf(reference.body, "name");
      const name = value === undefined ? "a policy of each account" : textOf(value);
      const at = { path: resource.path, side: configuration.side, line: resource.written.line };
      return toSet(resource, { ...nothingHeld, named: [{ name, at }] }, configuration);
    }
    default:
      return [];
  }
}

function toSet(resource: Resource, holding: Holding, configuration: Configuration): readonly Piece[] {
  const value = attributeOf(resource.block.body, "permission_set_arn");
  if (value === undefined) return [];
  const { key, name } = referenceOf(value, /^aws_ssoadmin_permission_set$/u, configuration);
  return [{ key, kind: "identity", name: `permission set \`${name}\``, holding, from: resource, attached: false }];
}

function ownPieces(resource: Resource, words: string, configuration: Configuration): readonly Piece[] {
  const { block } = resource;
  const own = (holding: Holding): Piece =>
    pieceOf("identity", resource, `${words} \`${resource.address}\``, holding, configuration);
  const inline = block.body.blocks
    .filter((one) => one.type === "inline_policy")
    .map((one) => inlineOf(one, resource, configuration));
  const boundary = attributeOf(block.body, "permissions_boundary");
  const bounded: Holding =
    boundary === undefined || (boundary.kind === "literal" && (boundary.value === null || boundary.value === ""))
      ? nothingHeld
      : { ...nothingHeld, boundary: boundaryOf(boundary, resource, configuration) };
  const trust = documentIn(resource, "assume_role_policy", configuration);
  return [
    own(joinedHoldings([...inline, policiesAt(resource, "managed_policy_arns", configuration), bounded])),
    ...(resource.type === "aws_iam_role"
      ? [pieceOf("trust", resource, `role \`${resource.address}\``, trust, configuration)]
      : []),
  ];
}

function inlineOf({ body }: HclBlock, resource: Resource, configuration: Configuration): Holding {
  const found = body.attributes.find(({ name }) => name === "policy");
  return found === undefined ? nothingHeld : documentAt(resource, found, configuration);
}

function boundaryOf(value: HclValue, resource: Resource, configuration: Configuration): Holding["boundary"] {
  const { named, statements, unread } = policyOf(
    value,
    resource,
    lineOf(resource, "permissions_boundary"),
    configuration,
  );
  const at = { path: resource.path, side: configuration.side, line: lineOf(resource, "permissions_boundary") };
  const name = configuration.renamed(textOf(value));
  return { name, at, statements: named.length > 0 || unread.length > 0 ? null : statements };
}

function policiesAt(resource: Resource, attribute: string, configuration: Configuration): Holding {
  const values = each(attributeOf(resource.block.body, attribute), resource);
  return joinedHoldings(values.map((value) => policyOf(value, resource, lineOf(resource, attribute), configuration)));
}

/** A policy by its ARN: with its document, where that is in the configuration. */
function policyOf(value: HclValue, resource: Resource, line: number, configuration: Configuration): Holding {
  const text = textOf(value);
  const at = { path: resource.path, side: configuration.side, line };
  const address = value.kind === "unknown" ? /^(.+)\.(?:arn|id)$/u.exec(text)?.[1] : undefined;
  const policy = address === undefined ? undefined : configuration.byAddress.get(address);
  if (policy?.type === "aws_iam_policy" && policy.mode === "managed") {
    configuration.used.add(policy.address);
    return documentIn(policy, "policy", configuration);
  }
  if (policy?.type === "aws_iam_policy") {
    const named = attributeOf(policy.block.body, "arn") ?? attributeOf(policy.block.body, "name");
    if (named !== undefined) return { ...nothingHeld, named: [{ name: textOf(named), at }] };
  }
  // `arn:${data.aws_partition.current.partition}:iam::aws:policy/X` is the same policy in every partition.
  const aws = /:iam::aws:policy\/([\w+=,.@/-]+?)"?$/u.exec(text)?.[1];
  if (aws !== undefined) return { ...nothingHeld, named: [{ name: `arn:aws:iam::aws:policy/${aws}`, at }] };
  return { ...nothingHeld, named: [{ name: configuration.renamed(text), at }] };
}

/** The values of a list; `each.value` of instances that nobody can tell is each of what they are made for. */
function each(value: HclValue | undefined, { block }: Resource): readonly HclValue[] {
  if (value === undefined || (value.kind === "literal" && (value.value === null || value.value === ""))) return [];
  if (value.kind === "list") return value.items;
  if (value.kind !== "unknown" || !/^each\.(?:value|key)(?:#|$)/u.test(value.text)) return [value];
  const all = attributeOf(block.body, "for_each");
  if (all?.kind === "list") return all.items;
  if (all?.kind === "object" && value.text.startsWith("each.value")) return all.entries.map((entry) => entry.value);
  return [value];
}

function resourcePieces(resource: Resource, configuration: Configuration): readonly Piece[] {
  if (resource.type === "aws_lambda_permission") return lambdaPieces(resource, configuration);
  const shape = resourcePolicies[resource.type];
  if (shape === undefined) return [];
  const document = attributeOf(resource.block.body, shape.document);
  const none = document === undefined || (document.kind === "literal" && document.value === null);
  const on = shape.on === null ? undefined : attributeOf(resource.block.body, shape.on);
  const open = openWithoutPolicy.has(resource.type) && none;
  if (none && !open) return [];
  // Its policy may be a resource of its own.
  if (
    open &&
    shape.on === null &&
    [...configuration.byAddress.values()].some(({ type }) => type === `${resource.type}_policy`)
  )
    return [];
  const holding = open ? allPass(resource, configuration) : documentIn(resource, shape.document, configuration);
  const target = on === undefined ? null : referenceOf(on, /./u, configuration);
  return [
    {
      key: target?.key ?? `at:${configuration.renamed(resource.address)}`,
      kind: "resource",
      name: `\`${target?.name ?? resource.address}\``,
      holding,
      from: resource,
      attached: false,
    },
  ];
}

function allPass(resource: Resource, { side }: Configuration): Holding {
  const at = { path: resource.path, side, line: resource.written.line };
  const statement: Statement = {
    effect: "allow",
    actions: everything,
    resources: everything,
    principals: everything,
    conditions: [],
    unknown: [],
  };
  return {
    ...nothingHeld,
    statements: [{ statement, at, owner: `${resource.path} ${resource.type}.${resource.name}`, loose: false }],
  };
}

/** One statement of a function's policy. https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
function lambdaPieces(resource: Resource, configuration: Configuration): readonly Piece[] {
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
    ["StringEquals", "aws:PrincipalOrgID", plain("principal_org_id")],
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
  const on = attributeOf(body, "function_name");
  if (on === undefined) return [];
  const { key, name } = referenceOf(on, /^aws_lambda_(?:function|alias)$/u, configuration);
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

/** Policies of an organisation bound what accounts can do: each of them by itself, and each of what it is attached to. */
function organisationPieces(resource: Resource, configuration: Configuration): readonly Piece[] {
  const { type, block } = resource;
  if (type === "aws_organizations_policy") {
    const sort = attributeOf(block.body, "type");
    const text = sort === undefined ? "SERVICE_CONTROL_POLICY" : textOf(sort);
    if (!/^(?:SERVICE|RESOURCE)_CONTROL_POLICY$/u.test(text)) return [];
    return [
      pieceOf(
        "guardrail",
        resource,
        `organisation policy \`${resource.address}\``,
        documentIn(resource, "content", configuration),
        configuration,
      ),
    ];
  }
  if (type !== "aws_organizations_policy_attachment") return [];
  const [policy, target] = ["policy_id", "target_id"].map((name) => attributeOf(block.body, name));
  if (policy === undefined || target === undefined) return [];
  const address = /^(.+)\.id$/u.exec(textOf(policy))?.[1];
  const found = address === undefined ? undefined : configuration.byAddress.get(address);
  const at = { path: resource.path, side: configuration.side, line: resource.written.line };
  const holding =
    found === undefined
      ? { ...nothingHeld, named: [{ name: configuration.renamed(textOf(policy)), at }] }
      : documentIn(found, "content", configuration);
  const on = textOf(target);
  return [
    {
      key: `target:${configuration.renamed(on)}`,
      kind: "guardrail",
      name: `organisation target \`${on}\``,
      holding,
      from: resource,
      attached: false,
    },
  ];
}
