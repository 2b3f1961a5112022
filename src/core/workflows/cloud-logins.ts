import type { Place } from "../change/change-set.ts";
import type { Given, Workflow } from "./model.ts";

/** How a job gets into a cloud. `identity` is the role or account that it becomes, where it is written. */
export interface CloudLogin {
  readonly cloud: "AWS" | "Google Cloud" | "Azure";
  readonly kind: "key" | "oidc";
  readonly text: string;
  readonly identity: string | null;
  /** Whom the token is for, where that is said: the cloud takes only those that are for it. */
  readonly audience: { readonly text: string; readonly at: Place } | null;
  readonly job: string;
  readonly at: Place;
}

/**
 * Inputs and variables by what they hand over. Source: the documentation of aws-actions/configure-aws-credentials,
 * google-github-actions/auth, azure/login and of the command lines of the three clouds.
 */
const names: readonly (Pick<CloudLogin, "cloud" | "kind"> & { readonly pattern: RegExp })[] = [
  { cloud: "AWS", kind: "key", pattern: /^aws[-_]access[-_]key[-_]id$/iu },
  { cloud: "AWS", kind: "oidc", pattern: /^(?:role-to-assume|aws_role_arn)$/iu },
  { cloud: "Google Cloud", kind: "key", pattern: /^(?:credentials_json|service_account_key|google_credentials)$/iu },
  { cloud: "Google Cloud", kind: "oidc", pattern: /^(?:workload_identity_provider|service_account)$/iu },
  { cloud: "Azure", kind: "key", pattern: /^(?:creds|azure_credentials|arm_client_secret|azure_client_secret)$/iu },
  { cloud: "Azure", kind: "oidc", pattern: /^client-id$/iu },
];

/** Inputs that mean this only with the actions of the clouds. */
const ownActions = /^(?:aws-actions\/configure-aws-credentials|google-github-actions\/auth|azure\/login)$/u;

export function cloudLoginsIn({ jobs, env }: Workflow): readonly CloudLogin[] {
  return jobs.flatMap((job) => [
    ...[...env, ...job.env].flatMap((one) => loginOf(one, job.id)),
    ...job.steps.flatMap(({ uses, inputs, env: own }) => {
      const given = uses?.ref.kind === "action" && ownActions.test(uses.ref.name) ? inputs : [];
      const hasKey = given.some(({ key }) => /^aws[-_]access[-_]key[-_]id$/iu.test(key));
      const audience = given.find(({ key }) => /^(?:(?:id_)?token_)?audience$/iu.test(key));
      // With a key beside it, a role is where the key leads.
      return [...given, ...own].flatMap((one) =>
        loginOf(one, job.id).map((login) => ({
          ...login,
          kind: hasKey && login.kind === "oidc" ? ("key" as const) : login.kind,
          audience: audience === undefined ? null : { text: audience.text, at: audience.at },
        })),
      );
    }),
  ]);
}

function loginOf({ key, text, at }: Given, job: string): readonly CloudLogin[] {
  const found = names.find(({ pattern }) => pattern.test(key));
  if (found === undefined || text.trim() === "") return [];
  const identity = /^(?:role-to-assume|aws_role_arn|service_account|client-id)$/iu.test(key) ? text : null;
  return [{ cloud: found.cloud, kind: found.kind, text: key, identity, audience: null, job, at }];
}
