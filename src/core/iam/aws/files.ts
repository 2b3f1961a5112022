import { byCodeUnits } from "../../../lib/order.ts";
import type { ChangedFile, ChangeSet, FileVersion, Gap } from "../../change/change-set.ts";
import type { Tools } from "../../syntax.ts";
import { child, documentsOf, type Tree } from "../../views/documents.ts";
import { templateHolders } from "./cloudformation.ts";
import { type HolderChange, type HolderKind, type Holding, joinedHoldings } from "./holders.ts";
import { everything } from "./policy.ts";
import { holdingOf, isPolicy } from "./written.ts";

/** What is kept to show something and is attached to nothing. */
const examples =
  /(?:^|\/)(?:tests?|__tests__|__snapshots__|spec|fixtures?|examples?|samples?|docs?|testdata|mocks?|node_modules|vendor|third_party)\//u;

/** Policies and templates that stand in files of their own: JSON and YAML. A file with neither is nobody's here. */
export function fileHolders(
  change: ChangeSet,
  tools: Tools,
): { readonly holders: readonly HolderChange[]; readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = [];
  const holders = change.files
    .filter(
      ({ path, status }) => status !== "unchanged" && /\.(?:json|ya?ml|template)$/u.test(path) && !examples.test(path),
    )
    .flatMap((file): readonly HolderChange[] => {
      const [before, after] = [treeOf(file.before, tools), treeOf(file.after, tools)];
      if (isUnread(after) && !isUnread(before) && before !== null && speaks(before)) gaps.push(gapOf(file, after));
      const [was, is] = [isUnread(before) ? null : before, isUnread(after) ? null : after];
      const policies = [was, is].some((tree) => tree !== null && isPolicy(tree));
      if (policies) return [policyHolder(file.path, was, is)];
      return templateHolders(file.path, was, is);
    });
  return { holders: holders.toSorted((a, b) => byCodeUnits(a.name, b.name)), gaps };
}

interface Unread {
  readonly unread: string;
}

function isUnread(tree: Tree | Unread | null): tree is Unread {
  return tree !== null && "unread" in tree;
}

/** The only document of a file. Null where there is none, several, or nothing that tells of policies. */
function treeOf(version: FileVersion | null, { memo }: Tools): Tree | Unread | null {
  if (version?.content.kind !== "text")
    return version?.content.kind === "unread" ? { unread: version.content.reason } : null;
  const { text } = version.content;
  // What is neither a policy nor a template is not read at all.
  if (!/Statement|PolicyDocument|ManagedPolic|AWS::/u.test(text)) return null;
  const read = documentsOf(version.sha, text, memo);
  if (!read.ok) return { unread: read.reason };
  return read.documents.length === 1 ? (read.documents[0] ?? null) : null;
}

function speaks(tree: Tree): boolean {
  return isPolicy(tree) || child(tree, "Resources") !== undefined;
}

function gapOf({ path }: ChangedFile, { unread }: Unread): Gap {
  return {
    id: `unreadable:${path}`,
    level: "block",
    path,
    side: "head",
    line: 1,
    reason: `what \`${path}\` allows, since it cannot be read: ${unread}`,
    remedy: "Make the file valid JSON or YAML again, below 1 MiB.",
  };
}

function policyHolder(path: string, before: Tree | null, after: Tree | null): HolderChange {
  const [was, is] = [holdingOf(before, path, "base"), holdingOf(after, path, "head")];
  return {
    kind: kindOf(path, joinedHoldings([was, is])),
    name: `policy \`${path}\``,
    stood: before !== null,
    // A policy whose file is gone may have been all that denied something.
    stands: true,
    before: was,
    after: is,
    root: null,
    paths: [path],
    at: { path, side: after === null ? "base" : "head", line: 1 },
  };
}

function kindOf(path: string, { statements }: Holding): HolderKind {
  if (/(?:^|[/_.-])(?:scps?|rcps?|boundar(?:y|ies)|service-control)(?:[/_.-]|$)/iu.test(path)) return "guardrail";
  if (statements.every(({ statement }) => statement.principals === everything)) return "identity";
  const trusts = statements.some(({ statement }) => statement.actions.patterns.some((one) => one.startsWith("sts:")));
  return trusts ? "trust" : "resource";
}
