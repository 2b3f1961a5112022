import type { Value } from "../views/value.ts";

/** What a token may do with one scope. `unknown` is an expression or a word that GitHub does not document. */
export type Access = "none" | "read" | "write" | "unknown";

/**
 * What a token may do. `default` is what the repository or the caller sets, which no file says: it may write anything but ask for an
 * OIDC token. Source: docs.github.com "Permissions for the GITHUB_TOKEN"; "Workflow syntax", `permissions`.
 */
export type Grant =
  | { readonly kind: "default" }
  | { readonly kind: "all"; readonly access: Access }
  | {
      readonly kind: "scopes";
      readonly scopes: ReadonlyMap<string, { readonly access: Access; readonly value: Value }>;
    };
