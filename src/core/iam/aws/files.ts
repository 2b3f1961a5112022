import { byCodeUnits } from "../../../lib/order.ts";
import type { ChangedFile, ChangeSet, FileVersion, Gap } from "../../change/change-set.ts";
import type { Tools } from "../../syntax.ts";
import { child, documentsOf, type Tree } from "../../views/documents.ts";
import { templateHolders } from "./cloudformation.ts";
import { type HolderChange, type HolderKind, type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { everything } from "./policy.ts";
import { isServerless, serverlessHolders } from "./serverless.ts";
import { filled, withMarks } from "./templates.ts";
import { holdingOf, isPolicy } from "./written.ts";

/** What is kept to show something and is attached to nothing. */
const examples =
  /(?:^|\/)(?:tests?|__tests__|__snapshots__|spec|fixtures?|examples?|samples?|docs?|testdata|mocks?|node_modules|vendor|third_party)\//u;
/** JSON and YAML, and templates that become one of them. */
const claimed = /\.(?:json|jsonc|ya?ml|template|tpl|tftpl|tmpl|j2|jinja2?|erb)$/u;
/** What has neither a policy nor a template is not read at all. */
const mentions = /Statement|PolicyDocument|ManagedPolic|AWS::|iamRole|\bEffect\b|iam:\s/u;
/** What nobody can read and holds both is a policy. */
const [statement, effect] = [/\bStatement\b/u, /\bEffect\b/u];

/** Policies and templates that stand in files of their own. A file with neither is nobody's here. */
export function fileHolders(
  change: ChangeSet,
  tools: Tools,
): { readonly holders: readonly HolderChange[]; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const touched = change.files.filter(
    ({ path, status }) => status !== "unchanged" && claimed.test(path) && !examples.test(path),
  );
  const holders = withMoves(touched).flatMap(({ path, before, after }): readonly HolderChange[] => {
    const [was, is] = [readingOf(before, tools), readingOf(after, tools)];
    if (is.unread !== null && was.tree !== null && speaks(was.tree)) {
      gaps.push(gapOf(path, is.unread));
      return [];
    }
    const trees = [was.tree, is.tree].filter((tree) => tree !== null);
    if (trees.some(isPolicy) || was.unread?.isPolicy === true || is.unread?.isPolicy === true)
      return [policyHolder(path, was, is)];
    if (trees.some(isServerless)) return serverlessHolders(path, was.tree, is.tree);
    return templateHolders(path, was.tree, is.tree);
  });
  return { holders: holders.toSorted((a, b) => byCodeUnits(a.name, b.name)), gaps };
}

interface Moved {
  readonly path: string;
  readonly before: FileVersion | null;
  readonly after: FileVersion | null;
}

/** A file that goes and one of the same content or name that comes are one that is moved. */
function withMoves(files: readonly ChangedFile[]): readonly Moved[] {
  const gone = new Set(files.filter(({ after }) => after === null));
  const from = new Map<ChangedFile, ChangedFile>();
  for (const file of files) {
    if (file.before !== null || file.after === null) continue;
    const { sha } = file.after;
    const left = [...gone].filter((one) => one.before !== null);
    const source =
      left.find(({ before }) => before?.sha === sha) ?? left.find(({ path }) => nameOf(path) === nameOf(file.path));
    if (source === undefined) continue;
    gone.delete(source);
    from.set(file, source);
  }
  const taken = new Set(from.values());
  return files
    .filter((file) => !taken.has(file))
    .map((file) => ({ path: file.path, before: from.get(file)?.before ?? file.before, after: file.after }));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What a file says on one side. Both are null where it is not there, or nobody's here. */
interface Reading {
  readonly tree: Tree | null;
  /** Why it cannot be read, of what looks like a policy; with its content, which tells two of them apart. */
  readonly unread: Unread | null;
}

interface Unread {
  readonly reason: string;
  readonly sha: string;
  /** Its text speaks of a policy; else not even the text is there. */
  readonly isPolicy: boolean;
}

const nobody: Reading = { tree: null, unread: null };

function readingOf(version: FileVersion | null, { memo }: Tools): Reading {
  if (version?.content.kind !== "text") {
    const reason = version?.content.kind === "unread" ? version.content.reason : null;
    return reason === null || version === null
      ? nobody
      : { tree: null, unread: { reason, sha: version.sha, isPolicy: false } };
  }
  const { text } = version.content;
  if (!mentions.test(text)) return nobody;
  const read = documentsOf(version.sha, text, memo);
  const template = read.ok ? null : filled(text);
  const again = template === null ? read : documentsOf(`${version.sha} filled`, template, memo);
  if (!again.ok) {
    const isPolicyText = statement.test(text) && effect.test(text);
    return { tree: null, unread: isPolicyText ? { reason: again.reason, sha: version.sha, isPolicy: true } : null };
  }
  const speaking = again.documents.filter(speaks);
  if (speaking.length > 1)
    return { tree: null, unread: { reason: "it holds several documents", sha: version.sha, isPolicy: true } };
  return { tree: speaking[0] ?? null, unread: null };
}

function speaks(tree: Tree): boolean {
  return isPolicy(tree) || child(tree, "Resources") !== undefined || isServerless(tree);
}

function gapOf(path: string, { reason }: { readonly reason: string }): Gap {
  return {
    id: `unreadable:${path}`,
    level: "block",
    path,
    side: "head",
    line: 1,
    reason: `what \`${path}\` allows, since it cannot be read: ${reason}`,
    remedy: "Make the file valid JSON or YAML again, below 1 MiB.",
  };
}

function policyHolder(path: string, before: Reading, after: Reading): HolderChange {
  const [was, is] = [heldIn(before, path, "base"), heldIn(after, path, "head")];
  const isGone = after.tree === null && after.unread === null;
  return {
    kind: kindOf(path, joinedHoldings([was, is])),
    name: `policy \`${path}\``,
    stood: before.tree !== null || before.unread !== null,
    // A policy whose file is gone may have been all that denied something.
    stands: true,
    before: was,
    after: is,
    root: null,
    paths: [path],
    at: { path, side: isGone ? "base" : "head", line: 1 },
  };
}

function heldIn({ tree, unread }: Reading, path: string, side: "base" | "head"): Holding {
  if (unread !== null)
    return { ...nothingHeld, unread: [{ text: `${path}@${unread.sha.slice(0, 7)}`, at: { path, side, line: 1 } }] };
  return holdingOf(tree === null ? null : withMarks(tree, "template"), path, side);
}

function kindOf(path: string, { statements }: Holding): HolderKind {
  if (/(?:^|[/_.-])(?:scps?|rcps?|boundar(?:y|ies)|service-control)(?:[/_.-]|$)/iu.test(path)) return "guardrail";
  if (statements.every(({ statement: one }) => one.principals === everything)) return "identity";
  const trusts = statements.some(({ statement: one }) => one.actions.patterns.some((name) => name.startsWith("sts:")));
  return trusts ? "trust" : "resource";
}
