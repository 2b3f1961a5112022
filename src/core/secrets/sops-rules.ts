import { child, readDocuments, type Tree } from "../views/documents.ts";

/** What `.sops.yaml` says of the files that one pattern names. https://getsops.io/docs/#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files */
export interface CreationRule {
  /** "" where it names every file. */
  readonly path: string;
  readonly line: number;
  /** What tells which values are encrypted: `encrypted_regex` and the like, each with its text and line. */
  readonly scope: readonly { readonly key: string; readonly text: string; readonly line: number }[];
  /** Keys that can decrypt, with the line that names each. */
  readonly recipients: readonly { readonly recipient: string; readonly line: number }[];
}

export type CreationRules =
  | { readonly ok: true; readonly rules: readonly CreationRule[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

const scopes = new Set([
  "encrypted_regex",
  "encrypted_suffix",
  "encrypted_comment_regex",
  "unencrypted_regex",
  "unencrypted_suffix",
  "unencrypted_comment_regex",
]);
const keyFields = new Set([
  "age",
  "pgp",
  "kms",
  "gcp_kms",
  "azure_keyvault",
  "hc_vault_transit_uri",
  "hc_vault",
  "key_groups",
]);
/** Parts of a key that name no one who could decrypt. */
const settings = new Set(["role", "context", "aws_profile", "version", "merge"]);

export function creationRules(text: string): CreationRules {
  const read = readDocuments(text);
  if (!read.ok) return read;
  const rules = read.documents.flatMap((tree) => {
    const list = child(tree, "creation_rules");
    return list?.kind === "list" ? list.items.map(ruleOf) : [];
  });
  return { ok: true, rules };
}

function ruleOf(tree: Tree): CreationRule {
  const entries = tree.kind === "map" ? tree.entries : [];
  return {
    path: textOf(child(tree, "path_regex")),
    line: tree.span.line,
    scope: entries.flatMap(({ key, value }) =>
      scopes.has(key) ? [{ key, text: textOf(value), line: value.span.line }] : [],
    ),
    recipients: entries.flatMap(({ key, value }) => (keyFields.has(key) ? recipientsIn(value) : [])),
  };
}

function recipientsIn(tree: Tree): CreationRule["recipients"] {
  switch (tree.kind) {
    case "scalar": {
      const { line } = tree.span;
      return String(tree.value ?? "")
        .split(/[\s,]+/)
        .flatMap((recipient) => (recipient === "" ? [] : [{ recipient, line }]));
    }
    case "list":
      return tree.items.flatMap(recipientsIn);
    case "map":
      return tree.entries.flatMap(({ key, value }) => (settings.has(key) ? [] : recipientsIn(value)));
  }
}

function textOf(tree: Tree | undefined): string {
  return tree?.kind === "scalar" ? String(tree.value ?? "") : "";
}

/** The words of `^(data|stringData)$`; null for an expression of another form. */
export function alternatives(pattern: string): ReadonlySet<string> | null {
  const inner = /^\^?\(?([\w |.-]+)\)?\$?$/.exec(pattern)?.[1];
  return inner === undefined ? null : new Set(inner.split("|").map((word) => word.trim()));
}
