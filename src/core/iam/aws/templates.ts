import type { Tree } from "../../views/documents.ts";
import { marked, unknownMark } from "./policy.ts";

/** What templates fill in: of Terraform and shells, of Jinja, Go and Mustache, of ERB. */
const placeholder = /\$\{[^{}]*\}|\{\{.*?\}\}|<%=.*?%>/gu;
/** Parts that are there or not, or many times: what such a template says is not read. */
const directive = /%\{|\{%|\{\{[-#/ ]*(?:if|else|end|range|with|for)\b|<%(?!=)/u;

/** Text of a policy with what a template fills in marked, so that it can be read; null where it is no such text. */
export function filled(text: string): string | null {
  if (directive.test(text) || text.search(placeholder) === -1) return null;
  let [told, last, quoted] = ["", 0, false];
  for (const found of text.matchAll(placeholder)) {
    const before = text.slice(last, found.index);
    quoted = isQuotedAfter(before, quoted);
    const mark = marked(found[0].replaceAll(/["\\\n]/gu, "'"), unknownMark);
    told += before + (quoted ? mark : `"${mark}"`);
    last = found.index + found[0].length;
  }
  return told + text.slice(last);
}

function isQuotedAfter(text: string, quoted: boolean): boolean {
  return (text.replaceAll(/\\./gsu, "").split('"').length % 2 === 0) !== quoted;
}

/** Variables of IAM have a colon, or stand for a character: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const ofTemplate = /\$\{(?![*?$]\})[^{}:]*\}/gu;
/** https://www.serverless.com/framework/docs/guides/variables */
const ofServerless = /\$\{(?!AWS::|aws:|saml:|s3:|iam:|ec2:)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/gu;

/** A document with what is filled in later marked in its texts. */
export function withMarks(tree: Tree, by: "template" | "serverless"): Tree {
  const pattern = by === "template" ? ofTemplate : ofServerless;
  const inner = (one: Tree): Tree => withMarks(one, by);
  switch (tree.kind) {
    case "scalar":
      if (typeof tree.value !== "string" || tree.tag !== undefined) return tree;
      return { ...tree, value: tree.value.replaceAll(pattern, (text) => marked(text, unknownMark)) };
    case "list":
      return { ...tree, items: tree.items.map(inner) };
    case "map":
      return { ...tree, entries: tree.entries.map(({ key, value }) => ({ key, value: inner(value) })) };
  }
}
