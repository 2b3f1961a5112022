import type { Place } from "../../change/change-set.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { type HolderKind, type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { everything } from "./policy.ts";
import { documentAt } from "./terraform-documents.ts";
import { type Configuration, each, resourceOf } from "./terraform-references.ts";
import type { HclValue } from "../../hcl.ts";

/** What one resource gives to a holder. */
export interface Piece {
  readonly key: string;
  readonly kind: HolderKind;
  readonly name: string;
  readonly holding: Holding;
  readonly from: Resource;
  /** A policy that other resources attach: it is told of them, and by itself where nothing attaches it. */
  readonly attached: boolean;
}

export function pieceOf(
  kind: HolderKind,
  resource: Resource,
  name: string,
  holding: Holding,
  { renamed }: Configuration,
): Piece {
  return { key: `at:${renamed(resource.address)}`, kind, name, holding, from: resource, attached: false };
}

/** Who is named in it says what it is for. */
export function kindOfLoose({ statements }: Holding): HolderKind {
  if (statements.every(({ statement }) => statement.principals === everything)) return "identity";
  return statements.some(({ statement }) => statement.actions.patterns.some((action) => action.startsWith("sts:")))
    ? "trust"
    : "resource";
}

export function documentIn(resource: Resource, name: string, configuration: Configuration): Holding {
  const found = resource.block.body.attributes.find((attribute) => attribute.name === name);
  return found === undefined
    ? nothingHeld
    : documentAt(resource, { value: found.value, line: lineOf(resource, name) }, configuration);
}

export function lineOf(resource: Resource, name: string): number {
  return resource.written.body.attributes.find((one) => one.name === name)?.line ?? resource.written.line;
}

export function placeOf(resource: Resource, { side }: Configuration, line = resource.written.line): Place {
  return { path: resource.path, side, line };
}

/** All policies that an attribute names by their ARNs. */
export function policiesAt(resource: Resource, attribute: string, configuration: Configuration): Holding {
  const values = each(attributeOf(resource.block.body, attribute), resource);
  return joinedHoldings(values.map((value) => policyOf(value, resource, lineOf(resource, attribute), configuration)));
}

/** A policy by its ARN: with its document, where that is in the configuration. */
export function policyOf(value: HclValue, resource: Resource, line: number, configuration: Configuration): Holding {
  const text = textOf(value);
  const at = placeOf(resource, configuration, line);
  const found = value.kind === "unknown" ? resourceOf(text, configuration) : null;
  const policy = found !== null && /^(?:arn|id)$/u.test(found.attribute) ? found.resource : undefined;
  if (policy?.type === "aws_iam_policy" && policy.mode === "managed") {
    configuration.used.add(policy.address);
    return documentIn(policy, "policy", configuration);
  }
  if (policy?.type === "aws_iam_policy") {
    const own = attributeOf(policy.block.body, "arn") ?? attributeOf(policy.block.body, "name");
    if (own !== undefined) return named(textOf(own), at);
  }
  // `arn:${data.aws_partition.current.partition}:iam::aws:policy/X` is the same policy in every partition.
  const aws = /:iam::aws:policy(?:"?\})?\/([\w+=,.@/-]+?)"?$/u.exec(text)?.[1];
  return named(aws === undefined ? configuration.renamed(text) : `arn:aws:iam::aws:policy/${aws}`, at);
}

export function named(name: string, at: Place, what: "policy" | "membership" = "policy"): Holding {
  return { ...nothingHeld, named: [{ name, at, what }] };
}
