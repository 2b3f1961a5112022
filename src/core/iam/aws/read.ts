import { type Constraint, everything, type Statement, type TextSet, unknownMark } from "./policy.ts";

/** A policy document as plain data: what JSON, YAML and evaluated Terraform give. Undecided parts are texts between `unknownMark`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type PolicyRead =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads a policy document in the grammar of AWS. An element that is not known makes the document unreadable: IAM would refuse it, and
 * a reader that skipped it could call something narrower than it is.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readPolicy(document: Json): PolicyRead {
  if (!isRecord(document)) return unreadable("it is no object");
  const written = document["Statement"];
  if (written === undefined) return unreadable("it has no `Statement`");
  const statements: Statement[] = [];
  for (const [index, one] of (isList(written) ? written : [written]).entries()) {
    const read = readStatement(one);
    if (typeof read === "string") return unreadable(`statement ${index + 1}: ${read}`);
    statements.push(read);
  }
  return { ok: true, statements };
}

function unreadable(reason: string): PolicyRead {
  return { ok: false, reason };
}

const elements = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/** One statement; a text says why it cannot be read. */
export function readStatement(one: Json): Statement | string {
  if (!isRecord(one)) return "it is no object";
  const strange = Object.keys(one).find((key) => !elements.has(key));
  if (strange !== undefined) return `the element \`${strange}\` is not known`;
  const effect = one["Effect"];
  if (effect !== "Allow" && effect !== "Deny") return "its `Effect` is neither `Allow` nor `Deny`";
  const actions = textSet(one, "Action", "NotAction", (text) => text.toLowerCase());
  const resources = textSet(one, "Resource", "NotResource", (text) => text);
  const principals = principalSet(one);
  const conditions = constraintsOf(one["Condition"]);
  for (const part of [actions, resources, principals, conditions]) if (typeof part === "string") return part;
  if (typeof actions === "string" || actions === null) return "it has no `Action`";
  if (typeof resources === "string" || typeof principals === "string" || typeof conditions === "string")
    return "it cannot be read";
  const texts = [actions, resources, principals].flatMap((set) => set?.patterns ?? []);
  const unknown = [...texts, ...conditions.flatMap(({ key, values }) => [key, ...values])].flatMap(unknownIn);
  return {
    effect: effect === "Allow" ? "allow" : "deny",
    actions,
    resources: resources ?? everything,
    principals: principals ?? everything,
    conditions,
    unknown: [...new Set(unknown)],
  };
}

/** The expressions in a text that are not decided. */
export function unknownIn(text: string): readonly string[] {
  return text.split(unknownMark).filter((_, index) => index % 2 === 1);
}

function textSet(
  statement: { readonly [key: string]: Json },
  only: string,
  except: string,
  normal: (text: string) => string,
): TextSet | string | null {
  const [stated, other] = [statement[only], statement[except]];
  if (stated !== undefined && other !== undefined) return `it has both \`${only}\` and \`${except}\``;
  const written = stated ?? other;
  if (written === undefined) return null;
  const texts = textsOf(written);
  if (texts === null) return `its \`${stated === undefined ? except : only}\` is no text or list of texts`;
  return { patterns: texts.map((text) => escapedUnknown(text, normal)), except: stated === undefined };
}

/** Expressions are compared as they are written. */
function escapedUnknown(text: string, normal: (text: string) => string): string {
  return text
    .split(unknownMark)
    .map((part, index) =>
      index % 2 === 1 ? `${unknownMark}${part.replaceAll(/[*?]/gu, "\u{E001}")}${unknownMark}` : normal(part),
    )
    .join("");
}

/** `{ AWS: [...], Service: ... }`, or `"*"` for everybody. An account stands for all who are in it. */
function principalSet(statement: { readonly [key: string]: Json }): TextSet | string | null {
  const [stated, other] = [statement["Principal"], statement["NotPrincipal"]];
  if (stated !== undefined && other !== undefined) return "it has both `Principal` and `NotPrincipal`";
  const written = stated ?? other;
  if (written === undefined) return null;
  if (written === "*") return { patterns: ["*"], except: stated === undefined };
  if (!isRecord(written)) return "its `Principal` is neither `*` nor an object";
  const patterns: string[] = [];
  for (const [kind, named] of Object.entries(written)) {
    const texts = textsOf(named);
    if (texts === null) return `its \`Principal\` of ${kind} is no text or list of texts`;
    patterns.push(...texts.map((text) => principalPattern(kind, text)));
  }
  return { patterns: patterns.map((text) => escapedUnknown(text, (part) => part)), except: stated === undefined };
}

const account = /^(?:arn:(aws[a-z-]*):iam::)?(\d{12})(?::root)?$/u;

/** Of an account are its `iam` and its `sts` identities. */
function principalPattern(kind: string, text: string): string {
  if (text === "*" && kind === "AWS") return "*";
  const whole = kind === "AWS" ? account.exec(text) : null;
  return whole === null ? `${kind}:${text}` : `AWS:arn:${whole[1] ?? "aws"}:???::${whole[2] ?? ""}:*`;
}

function constraintsOf(written: Json | undefined): readonly Constraint[] | string {
  if (written === undefined) return [];
  if (!isRecord(written)) return "its `Condition` is no object";
  const constraints: Constraint[] = [];
  for (const [name, tests] of Object.entries(written)) {
    if (!isRecord(tests)) return `its condition \`${name}\` is no object`;
    const parts = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/u.exec(name);
    if (parts === null) return `its condition \`${name}\` is not known`;
    const [, set, operator = "", ifExists] = parts;
    for (const [key, values] of Object.entries(tests)) {
      const texts = textsOf(values);
      if (texts === null) return `its condition \`${name}\` on \`${key}\` is no text or list of texts`;
      constraints.push({
        operator,
        ifExists: ifExists !== undefined,
        set: set === undefined ? null : set === "ForAnyValue" ? "any" : "all",
        key: key.toLowerCase(),
        written: key,
        values: texts,
      });
    }
  }
  return constraints;
}

function textsOf(written: Json): readonly string[] | null {
  const list = isList(written) ? written : [written];
  const texts = list.flatMap((one) => (one === null || typeof one === "object" ? [] : [String(one)]));
  return texts.length === list.length && texts.length > 0 ? texts : null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}
