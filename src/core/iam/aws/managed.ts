import { managedDocuments } from "./managed-documents.ts";
import { plainNames, powerfulNames } from "./managed-names.ts";
import type { Statement } from "./policy.ts";
import { readPolicy } from "./read.ts";

/** Policies of AWS after which nothing is left to give. */
const almighty: ReadonlySet<string> = new Set([
  "AdministratorAccess",
  "IAMFullAccess",
  "AWSSSOMasterAccountAdministrator",
]);

/** `plain`: what everybody may hand to something new; `unknown`: nobody here knows what the policy allows. */
export type Power = "almighty" | "powerful" | "plain" | "unknown";

/** The name of a policy of AWS; null for others. */
export function nameOfManaged(arn: string): string | null {
  const path = /^arn:aws[\w-]*:iam::aws:policy\/(.+)$/u.exec(arn)?.[1];
  return path?.slice(path.lastIndexOf("/") + 1) ?? null;
}

/** A template of SAM is made for one resource. https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html */
const samTemplate = /^\{"\w+Policy":/u;

export function powerOf(arn: string): Power {
  if (samTemplate.test(arn)) return "plain";
  const name = nameOfManaged(arn) ?? "";
  if (almighty.has(name)) return "almighty";
  if (powerfulNames.has(name)) return "powerful";
  return plainNames.has(name) ? "plain" : "unknown";
}

/** Policies of AWS give, but for those that lock somebody out; what a policy of anybody else does is not known. */
export function mayDeny(arn: string): boolean {
  const name = nameOfManaged(arn);
  if (name === null) return !samTemplate.test(arn);
  return /^AWS(?:DenyAll|CompromisedKeyQuarantine)/u.test(name);
}

/** What a policy of AWS says; null where it is not held here. */
export function statementsOfManaged(arn: string): readonly Statement[] | null {
  const document = documentOf(arn);
  if (document === undefined) return null;
  const read = readPolicy({ Statement: document });
  return read.ok ? read.statements : null;
}

/** What every account has until somebody takes it off: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html */
const fullAccess = "p-FullAWSAccess";

function documentOf(arn: string) {
  const name = arn === fullAccess ? "AdministratorAccess" : (nameOfManaged(arn) ?? "");
  return Object.hasOwn(managedDocuments, name) ? managedDocuments[name] : undefined;
}
