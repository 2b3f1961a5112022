import type { Resource } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { documentIn, named, type Piece, pieceOf, placeOf } from "./terraform-pieces.ts";
import { type Configuration, resourceOf } from "./terraform-references.ts";

/** Policies of an organisation that are about no permissions. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html */
const others =
  /^(?:TAG|BACKUP|AISERVICES_OPT_OUT|CHATBOT|DECLARATIVE_POLICY_EC2|SECURITYHUB|INSPECTOR|UPGRADE_ROLLOUT|S3|BEDROCK)(?:_POLICY)?$/u;

/** Policies of an organisation bound what accounts can do: each of them by itself, and each of what it is attached to. */
export function organisationPieces(resource: Resource, configuration: Configuration): readonly Piece[] | null {
  const { type, block } = resource;
  if (type === "aws_organizations_policy") {
    if (isOther(resource)) return [];
    const content = documentIn(resource, "content", configuration);
    return [pieceOf("guardrail", resource, `organisation policy \`${resource.address}\``, content, configuration)];
  }
  if (type !== "aws_organizations_policy_attachment") return null;
  const [policy, target] = ["policy_id", "target_id"].map((name) => attributeOf(block.body, name));
  if (policy === undefined || target === undefined) return [];
  const found = resourceOf(textOf(policy), configuration)?.resource;
  if (found?.type === "aws_organizations_policy" && isOther(found)) return [];
  const holding =
    found?.type === "aws_organizations_policy"
      ? documentIn(found, "content", configuration)
      : named(configuration.renamed(textOf(policy)), placeOf(resource, configuration));
  const on = configuration.renamed(textOf(target));
  return [
    {
      key: `target:${on}`,
      kind: "guardrail",
      name: `organisation target \`${on}\``,
      holding,
      from: resource,
      attached: false,
    },
  ];
}

function isOther({ block }: Resource): boolean {
  const sort = attributeOf(block.body, "type");
  return sort !== undefined && others.test(textOf(sort));
}
