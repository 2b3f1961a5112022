/** What an action does, as AWS classifies it. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html */
export const accessLevels = ["permissions management", "write", "tagging", "read", "list"] as const;
export type AccessLevel = (typeof accessLevels)[number];

/** The actions of one provider: names in lower case, by the text before the colon. */
export interface ActionCatalogue {
  readonly services: readonly string[];
  /** Names of all actions of a service, in lower case, as `s3:getobject`; none where the service is not known. */
  readonly actions: (service: string) => readonly string[];
}

export interface AwsActions extends ActionCatalogue {
  /** Takes a name in lower case. Null: no action that is known. */
  readonly levelOf: (action: string) => AccessLevel | null;
  /** The name as AWS writes it, `s3:GetObject`; the given one where it is not known. */
  readonly written: (action: string) => string;
}
