/** An account by its numeric id, which survives renames; logins are for people. `type` as GitHub's REST API gives it. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization" | "Mannequin";
}
