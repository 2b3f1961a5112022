/** The insides of every `${{ }}` of a text. One that is not closed reaches to the end. */
export function expressionsIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{\{(?<inner>[\s\S]*?)(?:\}\}|$)/gu)].map((match) => match.groups?.["inner"] ?? "");
}

/** A condition means an expression with and without `${{ }}`. */
export function bare(condition: string): string {
  const trimmed = condition.trim();
  const read = /^\$\{\{(?<inner>[\s\S]*)\}\}$/u.exec(trimmed)?.groups?.["inner"];
  return read === undefined || read.includes("${{") ? trimmed : read.trim();
}

/**
 * Dotted contexts that an expression reads, in lower case: `github.event.issue.title`. `a['b']` and `a.b` are the same; what stands
 * between other brackets is a `*`; texts in quotes hold none.
 */
export function contextsIn(expression: string): readonly string[] {
  const plain = expression
    .toLowerCase()
    .replaceAll(/\[\s*'(?<key>[\w-]+)'\s*\]/gu, ".$<key>")
    .replaceAll(/'(?:[^']|'')*'/gu, "''")
    .replaceAll(/\[[^\][]*\]/gu, ".*");
  const words = plain.matchAll(/(?<![\w.*-])(?<name>[a-z_][\w-]*(?:\s*\.\s*(?:[\w-]+|\*))*)(?<call>\s*\()?/gu);
  return [...words].flatMap(({ groups }) =>
    groups?.["call"] === undefined ? [(groups?.["name"] ?? "").replaceAll(/\s+/gu, "")] : [],
  );
}

/**
 * Contexts whose text anybody may choose who can open a pull request, an issue or a comment.
 * Source: docs.github.com "Security hardening for GitHub Actions", "Understanding the risk of script injections".
 */
const chosenByAuthors = new RegExp(
  `^(?:${[
    String.raw`github\.head_ref`,
    String.raw`github\.event`,
    String.raw`github\.event\.(?:issue|pull_request|comment|review|review_comment|discussion|discussion_comment|answer)(?:\.(?:title|body))?`,
    String.raw`github\.event\.pull_request\.head(?:\.(?:ref|label|repo(?:\.(?:description|homepage|default_branch|name|full_name))?))?`,
    String.raw`github\.event\.(?:commits|head_commit)(?:\.\*)?(?:\.(?:message|author|committer)(?:\.(?:email|name))?)?`,
    String.raw`github\.event\.pages(?:\.\*)?(?:\.page_name)?`,
    String.raw`github\.event\.workflow_run(?:\.(?:head_branch|display_title|head_commit(?:\.(?:message|author|committer)(?:\.(?:email|name))?)?|head_repository(?:\.description)?))?`,
    String.raw`github\.event\.workflow_run\.pull_requests\.\*\.head\.ref`,
    String.raw`github\.event\.changes\.(?:title|body)\.from`,
    String.raw`github\.event\.(?:label|milestone)\.(?:description|title)`,
  ].join("|")})$`,
  "u",
);

/** Functions that give a yes, a no or a number whatever text they look at. */
const harmless = /\b(?:contains|startswith|endswith|hashfiles)\s*\((?:[^()]|\([^()]*\))*\)/giu;

/** Contexts of a text's expressions that put text of an outsider in its place. */
export function injectedIn(text: string): readonly string[] {
  return expressionsIn(text).flatMap((expression) => {
    const valued = valuePart(expression.replaceAll(harmless, "true"));
    return contextsIn(valued).filter((context) => chosenByAuthors.test(context));
  });
}

/** What an expression may come to: of `a == b && c || d` the comparison is none of it. */
function valuePart(expression: string): string {
  return expression.replaceAll(/(?<![\w.*[\]'-])[\w.*[\]'-]+\s*(?:==|!=|<=?|>=?)\s*(?:'[^']*'|[\w.*-]+)/gu, "true");
}

/** What is read of `secrets`: names in upper case, `*` for all of them or one that is only known when it runs. */
export function secretsIn(text: string, isCondition = false): readonly string[] {
  const expressions = isCondition ? [text] : expressionsIn(text);
  const found = expressions.flatMap((expression) =>
    contextsIn(expression).flatMap((context) => {
      const [first, name] = context.split(".");
      return first === "secrets" ? [name?.toUpperCase() ?? "*"] : [];
    }),
  );
  return [...new Set(found)].filter((name) => name !== "GITHUB_TOKEN");
}
