import { formatDecimal } from "../../lib/quantity.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { conventionalEnvironments, defaultStatement } from "./default.ts";
import type { KnownRule } from "./context.ts";
import type { Entry } from "./schema/key.ts";
import { organisationOnly } from "./schema/organisation.ts";
import { root } from "./schema/root.ts";

interface Row {
  readonly name: string;
  readonly entry: Entry;
  readonly fallback: string;
}

/** Every key below an entry, depth first; names that the author chooses are written `NAME`, elements of a list `[]`. */
function rowsOf(name: string, entry: Entry, fallback: unknown): readonly Row[] {
  const own: Row = { name, entry, fallback: entry.otherwise ?? show(fallback) };
  if (entry.below === null) return [own];
  const { kind, keys } = entry.below;
  const prefix = kind === "group" ? `${name}.` : kind === "map" ? `${name}.NAME.` : `${name}[].`;
  const inner = Object.entries(keys).flatMap(([key, below]) =>
    rowsOf(prefix + key, below, kind === "group" ? fieldOf(fallback, key) : undefined),
  );
  return kind === "group" ? inner : [own, ...inner];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** A default as the file would state it; `none` where a key sets nothing until it is stated. */
function show(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return `\`${value}\``;
  const treatment = fieldOf(value, "level");
  if (typeof treatment === "string") return `\`${treatment}\``;
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return "none";
  return Array.isArray(value)
    ? `\`[${value.flat().map(String).join(", ")}]\``
    : `\`{ ${entries.map(([key, inner]) => `${key === "*" ? '"*"' : key}: ${figure(inner)}`).join(", ")} }\``;
}

/** Bounds are held as exact numbers. */
function figure(value: unknown): string {
  const [numerator, denominator] = [fieldOf(value, "numerator"), fieldOf(value, "denominator")];
  const isExact = typeof numerator === "bigint" && typeof denominator === "bigint";
  return isExact ? formatDecimal({ numerator, denominator }) : String(value);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function line({ name, entry, fallback }: Row): string {
  const enforced = entry.enforced === "later" ? "not yet" : "yes";
  const today = entry.today === undefined ? fallback : `\`${String(entry.today)}\``;
  const cells = [`\`${name}\``, entry.type, today, entry.joinName, enforced, entry.says].map(cell);
  return `| ${cells.join(" | ")} |`;
}

function section(name: string, entry: Entry): string {
  const rows = rowsOf(name, entry, fieldOf(defaultStatement, name));
  const only = organisationOnly.has(name) ? " Only the organisation's file may state it." : "";
  const introduction = `${entry.below === null ? "" : entry.says}${only}`.trim();
  return [
    `## ${name}`,
    "",
    ...(introduction === "" ? [] : [introduction, ""]),
    "| Key | Type | Default | Joined by | Enforced | |",
    "|---|---|---|---|---|---|",
    ...rows.map(line),
    "",
  ].join("\n");
}

/** The page of the policy file, in Markdown: every key once, from the schema itself. */
export function policyDocs(rules: readonly KnownRule[]): string {
  const sections = Object.entries(root.entry.below?.keys ?? {}).map(([name, entry]) => section(name, entry));
  const environments = conventionalEnvironments.map(
    ({ name, aliases }) => `| ${name} | ${aliases.map((alias) => `\`${alias}\``).join(", ")} |`,
  );
  const ruleRows = rules
    .toSorted((a, b) => byCodeUnits(a.id, b.id))
    .map(({ id, invariant, options }) => {
      const names = Object.keys(options.shape).map((option) => `\`${option}\``);
      return `| [\`${id}\`](rules/${id}.md) | \`${invariant}\` | ${names.length === 0 ? "none" : names.join(", ")} |`;
    });
  return `${[preface, ...sections, "## Conventional environments", "", conventions, "", "| Environment | Other names |", "|---|---|", ...environments, "", "## Rules", "", "| Rule | Invariant | Options |", "|---|---|---|", ...ruleRows].join("\n")}\n`;
}

const preface = `<!-- Generated from src/core/policy; \`npm run gen\` writes it. -->

# The policy file

\`.github/sallyport.yml\` is read at the tip of the base branch, never from the change that is judged. The file
\`sallyport.yml\` in the organisation's \`.github\` repository always applies as well.
Planned operations may stand in [a file of their own](operations.md), which service teams edit and which can only forbid.

- **Joined.** Files are joined key by key, so that none makes another milder. The first file there is (the organisation's,
  else the default branch's) stands on the defaults below: what it leaves out is decided there. The file of another base
  branch can only tighten. A repository loosens only what the organisation lists under \`overridable\`.
- **Not enforced yet.** A key marked "not yet" is read, its mistakes are told, and it is refused: a line that does nothing is
  a promise that nobody keeps. The value shown as its default, if any, is accepted: it says what happens anyway.
- **Mistakes.** Unknown keys, wrong types and contradictions are told with file, line and column. While a file
  cannot be read, the last version of it that stood on its branch and can be read is in force, always enforced; agents are
  blocked, and people's changes ask for another person. Where GitHub's record of the branch (500 movements back, and no further
  than a forced push) holds none, the strict default stands in for it. The report says which version that is.
- **Patterns.** \`*\` stays within a segment and \`**\` stands alone between slashes; \`?\` is one character, \`{a,b}\` either. A last
  \`/*\` means the whole subtree, and hidden files match like others. Patterns that tighten ignore case and look-alikes;
  those that loosen (\`allowlist\`, \`waivers\`) match exactly. A pattern cannot negate.
`;

const conventions = `These are recognised whether a file declares them or not: as a segment of a path, the suffix of a file's name, a workspace
or a branch. A file that declares one adds to it.`;
