import type { HclBlock, HclValue } from "../hcl.ts";
import { attributeOf, textOf } from "../views/terraform.ts";
import type { Resource } from "./model.ts";

/** One way in which anybody at all may use a resource: who, and what they get. */
export interface Opening {
  readonly who: string;
  readonly what: string;
  readonly line: number;
}

/** What a resource opens to anybody. `undecided`: expressions that may open it as well, by their texts. */
export interface Openings {
  readonly openings: readonly Opening[];
  readonly undecided: readonly { readonly text: string; readonly line: number }[];
}

/** Google's names of everybody, and of everybody who has an account there. cloud.google.com/iam/docs/principals-overview */
const everybodyOfGoogle = /^(?:allUsers|allAuthenticatedUsers)$/u;
/** Groups of everybody in the access lists of S3. docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html */
const everybodyOfS3 = /\/groups\/global\/(?:AllUsers|AuthenticatedUsers)$/u;
/** Attributes that hold a policy as a document. */
const policyAttributes = [
  "policy",
  "access_policy",
  "access_policies",
  "resource_policy",
  "assume_role_policy",
  "key_policy",
];
/** In a text that is not decided: what looks as if it opened the resource. */
const looksOpen = /\ball(?:Authenticated)?Users\b|["']?(?:Principal|AWS|identifiers)["']?\s*[=:]\s*\[?\s*["']\*["']/u;

/** Reads who may use a resource from its members, its access lists and its policy documents. */
export function openingsOf({ type, block }: Resource): Openings {
  const found: Opening[] = [...membersOf(type, block), ...listsOf(type, block)];
  const undecided: { text: string; line: number }[] = [];
  const grants = type.startsWith("google_")
    ? /_iam_|_access_control$|_acl$|^google_bigquery_dataset/u.test(type)
    : grantingTypes.test(type);
  for (const attribute of accessesIn(block).flatMap(({ body }) => body.attributes)) {
    if (memberAttributes.includes(attribute.name) && !grants) continue;
    if (!policyAttributes.includes(attribute.name) && !memberAttributes.includes(attribute.name)) continue;
    const { value, line } = attribute;
    const document = policyAttributes.includes(attribute.name) ? documentOf(value) : null;
    const opened = inDocument(document, line);
    found.push(...opened);
    // What is no document of AWS's may be one of somebody else's.
    const isOther = document === null && value.kind === "literal" && looksOpen.test(String(value.value));
    if (isOther && policyAttributes.includes(attribute.name))
      undecided.push({ text: "a policy that is no JSON", line });
    if (opened.length === 0) undecided.push(...undecidedIn(attribute.name, value).map((text) => ({ text, line })));
  }
  if (type === "aws_iam_policy_document") found.push(...inStatements(block));
  return { openings: found, undecided };
}

const grantingTypes =
  /^aws_(?:lambda_permission|ami_launch_permission|(?:db|rds|docdb|neptune)\w*_snapshot(?:_copy)?)$/u;
const memberAttributes = [
  "member",
  "members",
  "principal",
  "entity",
  "role_entity",
  "shared_accounts",
  "group",
  "special_group",
  "iam_member",
];
/** A member of a stated sort, and what a resource of the configuration is called, are somebody. */
const somebody =
  /(?:user|serviceAccount|group|domain|principal|principalSet|deleted|project\w*):|^(?:module\.[^.]+\.)*(?:aws|google)_\w+\./u;

/** Expressions that may stand for everybody. Of a policy, whose members are somebody as a rule, only what looks like it. */
function undecidedIn(name: string, value: HclValue): readonly string[] {
  if (value.kind === "list") return value.items.flatMap((item) => undecidedIn(name, item));
  if (value.kind !== "unknown") return [];
  const mayOpen = memberAttributes.includes(name) ? !somebody.test(value.text) : looksOpen.test(value.text);
  return mayOpen ? [value.text] : [];
}

function membersOf(type: string, block: HclBlock): readonly Opening[] {
  if (type.startsWith("google_"))
    return [
      ...accessesIn(block).flatMap((one) =>
        stringsAt(one, "member", "members", "entity", "special_group", "iam_member").flatMap(({ text, line }) =>
          everybodyOfGoogle.test(text) ? [{ who: text, what: roleOf(one), line }] : [],
        ),
      ),
      ...stringsAt(block, "role_entity").flatMap(({ text, line }) => {
        const [role = "", entity = ""] = text.split(":");
        return everybodyOfGoogle.test(entity) ? [{ who: entity, what: role, line }] : [];
      }),
    ];
  if (type === "aws_lambda_permission") {
    // A source, an account or an organisation beside it makes it somebody. docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    const narrowed = ["source_arn", "source_account", "principal_org_id"].some(
      (name) => attributeOf(block.body, name) !== undefined,
    );
    return stringsAt(block, "principal").flatMap(({ text, line }) =>
      text === "*" && !narrowed
        ? [{ who: "any principal", what: stringAt(block, "action") ?? "the function", line }]
        : [],
    );
  }
  return [];
}

/** A block, and the `access` and `binding` blocks in it: each says whom it lets in, as a resource of its own does. */
function accessesIn(block: HclBlock): readonly HclBlock[] {
  return [block, ...block.body.blocks.filter(({ type }) => type === "access" || type === "binding")];
}

function roleOf(block: HclBlock): string {
  return stringAt(block, "role") ?? "access";
}

function listsOf(type: string, block: HclBlock): readonly Opening[] {
  if (type === "aws_ami_launch_permission")
    return stringsAt(block, "group").map(({ line }) => ({ who: "all accounts", what: "launch", line }));
  if (/^aws_(?:db|rds|docdb|neptune)\w*_snapshot(?:_copy)?$/u.test(type))
    return stringsAt(block, "shared_accounts").flatMap(({ text, line }) =>
      text === "all" ? [{ who: "all accounts", what: "restore", line }] : [],
    );
  if (type !== "aws_s3_bucket" && type !== "aws_s3_bucket_acl") return [];
  return grantsIn(block).flatMap((grant) =>
    everybodyOfS3.test(grant.uri)
      ? [{ who: grant.uri.slice(grant.uri.lastIndexOf("/") + 1), what: grant.what, line: grant.line }]
      : [],
  );
}

interface Grant {
  readonly uri: string;
  readonly what: string;
  readonly line: number;
}

/** `grant` blocks at any depth: each gives a permission to the `grantee` in it, or to its own `uri`. */
function grantsIn({ body }: HclBlock): readonly Grant[] {
  return body.blocks.flatMap((inner): readonly Grant[] => {
    if (inner.type !== "grant") return grantsIn(inner);
    const grantee = inner.body.blocks.find(({ type }) => type === "grantee");
    const uri = stringAt(inner, "uri") ?? (grantee === undefined ? null : stringAt(grantee, "uri"));
    const what = [...stringsAt(inner, "permission", "permissions")].map(({ text }) => text).join(", ");
    return uri === null ? [] : [{ uri, what, line: inner.line }];
  });
}

/** A policy document, as far as it is decided: one that is encoded from parts tells whom it lets in although a part is an expression. */
function documentOf(value: HclValue): unknown {
  if (value.kind === "literal") return typeof value.value === "string" ? parsed(value.value) : null;
  return value.kind === "unknown" && value.json !== undefined ? plain(value.json) : null;
}

/** What is unknown equals nothing that is looked for. */
function plain(value: HclValue): unknown {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "list":
      return value.items.map(plain);
    case "object":
      return Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]));
    case "unknown":
      return Symbol("unknown");
  }
}

/** Statements that allow, to any principal, under no condition. */
function inDocument(document: unknown, line: number): readonly Opening[] {
  return listOf(recordOf(document)?.["Statement"]).flatMap((one) => {
    const statement = recordOf(one);
    if (statement === null || statement["Effect"] !== "Allow" || "Condition" in statement) return [];
    const principal = statement["Principal"];
    const named = [...listOf(principal), ...Object.values(recordOf(principal) ?? {}).flatMap(listOf)];
    // Everybody but those who are named is everybody else.
    const who = named.includes("*") ? "any principal" : "NotPrincipal" in statement ? "any principal but a few" : null;
    const actions = listOf(statement["Action"]).filter((action) => typeof action === "string");
    return who === null ? [] : [{ who, what: actions.join(", "), line }];
  });
}

/** The same, as a data source writes it. */
function inStatements({ body }: HclBlock): readonly Opening[] {
  return body.blocks.flatMap((statement) => {
    if (statement.type !== "statement" || (stringAt(statement, "effect") ?? "Allow") !== "Allow") return [];
    const inner = statement.body.blocks;
    if (inner.some(({ type }) => type === "condition")) return [];
    const open = inner.find(
      (one) => one.type === "principals" && stringsAt(one, "identifiers").some(({ text }) => text === "*"),
    );
    const what = stringsAt(statement, "actions")
      .map(({ text }) => text)
      .join(", ");
    return open === undefined ? [] : [{ who: "any principal", what, line: open.line }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // said by the caller, where it looks as if it let anybody in
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function stringAt({ body }: HclBlock, name: string): string | null {
  const value = attributeOf(body, name);
  return value?.kind === "literal" && value.value !== null ? String(value.value) : null;
}

/** Decided strings of attributes, whether they stand alone or in lists. */
function stringsAt(
  { body }: HclBlock,
  ...names: readonly string[]
): readonly { readonly text: string; readonly line: number }[] {
  return body.attributes.flatMap(({ name, value, line }) =>
    names.includes(name) ? literalsIn(value).map((text) => ({ text, line })) : [],
  );
}

function literalsIn(value: HclValue): readonly string[] {
  switch (value.kind) {
    case "literal":
      return value.value === null ? [] : [textOf(value)];
    case "list":
      return value.items.flatMap(literalsIn);
    case "object":
    case "unknown":
      return [];
  }
}
