import { isReference } from "./placeholders.ts";

/** What stands for a secret: something that holds secrets (`holder`), or a name for any value (`variable`). */
export type Reference = "holder" | "variable";

/**
 * Where secrets are kept, as Kubernetes, GitHub Actions, Terraform, CloudFormation, Azure, Helm, SOPS, Ansible, 1Password, vals and Spring write
 * a reference to it.
 */
const holders =
  /\bsecretKeyRef\b|\bsecret_key_ref\b|\bexistingSecret\b|\$\{\{\s*secrets\.|\bvault:|\bvault_|hashi_vault|\{\{\s*resolve:(?:secretsmanager|ssm-secure)|\{\{resolve:|secretsmanager|secret_manager|\brandom_(?:password|string|bytes)\.|_ssm_parameter|key_vault_secret|@Microsoft\.KeyVault|ENC\[|!vault\b|\bop:\/\/|\bref\+|\/run\/secrets\/|<path:|\bephemeral\./i;
const otherSources = /configMapKeyRef|config_map_key_ref|fieldRef|resourceFieldRef/;
const variables =
  /^(?:var|local|module|data|each|self)\.|process\.env\b|os\.environ\b|os\.getenv\b|\bgetenv\(|\bENV\[|\bENV\.fetch\b|\benv\(|\bconfig\(|import\.meta\.env|^!(?:Ref|Sub|GetAtt|ImportValue)\b|\b(?:Ref|Fn::\w+)["']?:|\bvalue_?[fF]rom\b|^\$[A-Z_]+$/;

/** The kind of reference that a value is; null for a literal. */
export function referenceOf(value: string): Reference | null {
  if (value === "" || otherSources.test(value)) return null;
  if (holders.test(value)) return "holder";
  return variables.test(value) || isReference(value) ? "variable" : null;
}
