import type { AccessLevel, AwsActions } from "./catalogue.ts";
import { matcher, type NewlyAllowed } from "./compare.ts";
import { type Escalation, escalations } from "./escalations.ts";
import type { HolderKind } from "./holders.ts";
import { constantMark, type Constraint, type Statement, type TextSet } from "./policy.ts";

/**
 * What makes a grant grave, as a clause. `sure`: whoever reads it would not let it pass as it is written; else it depends on what it is for.
 */
export interface Danger {
  readonly clause: string;
  readonly sure: boolean;
}

/** Reads that carry data or keys away. https://github.com/salesforce/cloudsplaining lists them as data exfiltration. */
const exfiltrating: ReadonlySet<string> = new Set([
  "s3:getobject",
  "secretsmanager:getsecretvalue",
  "ssm:getparameter",
  "ssm:getparameters",
  "ssm:getparametersbypath",
  "kms:decrypt",
  "dynamodb:scan",
  "rds:copydbsnapshot",
  "rds:createdbsnapshot",
  "ec2:createsnapshot",
  "ec2:modifysnapshotattribute",
  "rds:modifydbsnapshotattribute",
]);

/** What is grave in one statement that newly allows something. */
export function dangersOf(
  kind: HolderKind,
  grant: NewlyAllowed,
  statement: Statement,
  actions: AwsActions,
): readonly Danger[] {
  if (kind === "trust" || kind === "resource") return [...principalDangers(statement), ...federationDangers(statement)];
  if (kind === "filter") return [{ clause: "its policy kept it away", sure: false }];
  if (kind === "guardrail") return [{ clause: "a boundary lets it pass", sure: false }];
  return [...actionDangers(grant, statement, actions)];
}

function actionDangers(
  { actions: newly }: NewlyAllowed,
  { actions, resources, conditions }: Statement,
  catalogue: AwsActions,
): readonly Danger[] {
  const everywhere = isWide(resources);
  const found: Danger[] = [];
  const add = (clause: string, sure: boolean): void => void found.push({ clause, sure });
  if (actions.except && everywhere) add("it allows all actions but a few", true);
  else if (actions.patterns.some((one) => /^\*+(?::\*+)?$/u.test(one))) add("it allows every action", everywhere);
  const whole = actions.except ? [] : actions.patterns.filter((one) => /^[a-z0-9-]+:\*+$/u.test(one));
  for (const one of whole)
    if (everywhere) add(`it allows all of \`${one}\``, /^(?:iam|organizations|sso|sts):/u.test(one));
  if (found.some(({ sure }) => sure)) return found;
  if (newly.includes("iam:passrole") && everywhere) {
    const bound = conditions.some(({ key }) => key === "iam:passedtoservice" || key === "iam:associatedresourcearn");
    add(bound ? "any role can be passed on to a service" : "any role can be passed on", !bound);
  }
  if (whole.length > 0 && everywhere) return found;
  const managing = newly.filter((one) => catalogue.levelOf(one) === "permissions management");
  if (managing.length > 0 && everywhere) add("it changes permissions of anything", false);
  const reads = newly.filter((one) => exfiltrating.has(one));
  if (reads.length > 0 && everywhere) add("it reads data of all resources", false);
  return found;
}

/** Ways to the permissions of another identity that are open after a change and were not before. */
export function completed(
  before: readonly Statement[],
  after: readonly Statement[],
  newly: ReadonlySet<string>,
): readonly (Escalation & { readonly sure: boolean })[] {
  const found: (Escalation & { readonly sure: boolean })[] = [];
  for (const escalation of escalations) {
    if (!escalation.actions.some((action) => newly.has(action))) continue;
    if (!escalation.actions.every((action) => granting(after, action).length > 0)) continue;
    const was = escalation.actions.every((action) => granting(before, action).length > 0);
    if (was && !escalation.actions.some((action) => widened(before, after, action))) continue;
    if (found.some((shorter) => shorter.actions.every((action) => escalation.actions.includes(action)))) continue;
    const [key = ""] = escalation.actions.filter((action) => action.startsWith("iam:"));
    const sure =
      key !== "" &&
      granting(after, key).some(({ resources, conditions }) => isWide(resources) && conditions.length === 0);
    found.push({ ...escalation, sure });
  }
  return found;
}

/** It is allowed for all resources now, and was for some of them. */
function widened(before: readonly Statement[], after: readonly Statement[], action: string): boolean {
  const wide = (side: readonly Statement[]): boolean =>
    granting(side, action).some(({ resources }) => isWide(resources));
  return wide(after) && !wide(before);
}

function granting(statements: readonly Statement[], action: string): readonly Statement[] {
  const denied = statements.some(
    (one) =>
      one.effect === "deny" && one.conditions.length === 0 && isWide(one.resources) && names(one.actions, action),
  );
  return denied ? [] : statements.filter((one) => one.effect === "allow" && names(one.actions, action));
}

function names({ patterns, except }: TextSet, action: string): boolean {
  return patterns.some((pattern) => matcher(pattern)(action)) !== except;
}

/** All resources, or all roles of any account. */
export function isWide({ patterns, except }: TextSet): boolean {
  return (
    except ||
    patterns.some((one) => /^\*+$|^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:\*+|role\/\*+|user\/\*+|policy\/\*+)$/u.test(one))
  );
}

/** Conditions that say who somebody is: with one of them `*` is no longer everybody. */
const identifying =
  /^(?:aws:(?:principal\w*|source(?:account|arn|orgid|orgpaths|vpc|vpce|ip|identity)|userid|calledvia)|s3:dataaccesspointaccount|kms:calleraccount|[\w.-]+:(?:sub|aud|oaud))$/u;

export function isPublic({ principals, conditions }: Statement): boolean {
  const everybody = principals.except || principals.patterns.some((one) => one === "*" || one === "AWS:*");
  return everybody && !conditions.some(narrows);
}

/** A test that is met without the key, or by every value, narrows nothing. */
function narrows({ key, operator, ifExists, set, values }: Constraint): boolean {
  if (ifExists || set === "all" || operator === "Null" || /Not/u.test(operator)) return false;
  if (values.some((value) => /^[*?]+$|^(?:0\.0\.0\.0|::)\/0$/u.test(value))) return false;
  return identifying.test(key);
}

function principalDangers(statement: Statement): readonly Danger[] {
  if (isPublic(statement)) return [{ clause: "anybody at all can use it", sure: true }];
  const { patterns } = statement.principals;
  const accounts = patterns.filter((one) => one.startsWith("AWS:arn:") && /:\d{12}:\*$/u.test(one));
  if (accounts.length > 0) {
    const third = !statement.conditions.some((one) => one.key === "sts:externalid" || narrows(one));
    const numbers = accounts.map((one) => `\`${one.slice(-14, -2)}\``).join(", ");
    return [{ clause: `all of the account ${numbers} is let in${third ? " under no condition" : ""}`, sure: false }];
  }
  return [];
}

const github = "token.actions.githubusercontent.com";

/** https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws */
function federationDangers({ principals, actions, conditions }: Statement): readonly Danger[] {
  const federated = principals.patterns.filter((one) => one.startsWith("Federated:"));
  if (federated.length === 0 || actions.patterns.every((one) => one === "sts:assumerolewithsaml")) return [];
  const ofGithub =
    federated.some((one) => one.includes(github)) || conditions.some(({ key }) => key.startsWith(`${github}:`));
  const subjects = conditions.filter(
    ({ key }) => key.endsWith(":sub") || key.endsWith(":oaud") || key.endsWith(":amr"),
  );
  const holding = subjects.filter(
    ({ ifExists, set, operator }) =>
      !ifExists && set !== "all" && /^(?:String|Arn)(?:Equals|Like|EqualsIgnoreCase)$/u.test(operator),
  );
  const others = conditions.some(
    ({ key }) => key.endsWith(":repository") || key.endsWith(":repository_owner") || key.endsWith(":job_workflow_ref"),
  );
  if (holding.length === 0) {
    if (others || (!ofGithub && federated.some((one) => one.includes(constantMark) || /saml-provider/u.test(one))))
      return [];
    const who = ofGithub ? "every repository of GitHub" : "whoever the provider knows";
    return [{ clause: `no condition on \`sub\`: ${who} can take it`, sure: ofGithub }];
  }
  const values = holding.filter(({ operator }) => /Like/u.test(operator)).flatMap((one) => one.values);
  if (values.some((one) => /^(?:\*+|repo:\*.*)$/u.test(one)))
    return [{ clause: "its `sub` is a wildcard for every repository", sure: true }];
  if (values.some((one) => /^repo:[^/*]+\/\*/u.test(one)))
    return [{ clause: "its `sub` is a wildcard for all repositories of an owner", sure: false }];
  if (ofGithub && values.some((one) => /^repo:[^:]+:\*+$/u.test(one)))
    return [{ clause: "every branch and pull request of the repository can take it", sure: false }];
  return [];
}

/** By how much harm an action of a level can do. */
export const gravity: Readonly<Record<AccessLevel, number>> = {
  "permissions management": 0,
  write: 1,
  tagging: 2,
  read: 3,
  list: 4,
};
