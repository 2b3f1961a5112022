import type { ChangeSet, Gap } from "../change/change-set.ts";
import type { AwsActions } from "../iam/aws/catalogue.ts";
import { fileHolders } from "../iam/aws/files.ts";
import type { HolderChange } from "../iam/aws/holders.ts";
import { terraformHolders } from "../iam/aws/terraform.ts";
import type { Tools } from "../syntax.ts";
import type { ResourcesView } from "../terraform/model.ts";

/** Who holds which permissions before and after, wherever it is written: Terraform, CloudFormation, policies in files. */
export interface IamView {
  readonly holders: readonly HolderChange[];
  readonly actions: AwsActions;
}

export function iam(
  change: ChangeSet,
  tools: Tools,
  resources: ResourcesView,
): { readonly view: IamView; readonly gaps: readonly Gap[] } {
  const files = fileHolders(change, tools);
  const holders = [...terraformHolders(resources), ...files.holders];
  return { view: { holders, actions: tools.syntax.awsActions }, gaps: files.gaps };
}
