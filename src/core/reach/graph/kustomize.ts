import type { FileVersion } from "../../change/change-set.ts";
import { joined } from "../../change/symlinks.ts";
import type { Memo } from "../../syntax.ts";
import { child, documentsOf, readDocuments, type Tree } from "../../views/documents.ts";
import { directoryOf } from "../../views/terraform.ts";
import type { Edge, Found } from "./edge.ts";
import { plainEdge, unitAt } from "./edge.ts";
import { followsBase, type Place, remoteOf } from "./remote.ts";

/** Raise it when the reading below changes. */
const readerVersion = "reach-kustomization@1";

/** Something that a kustomization names: a file, a folder, or an address. */
interface Reference {
  readonly text: string;
  readonly line: number;
  readonly key: string;
}
type Reading =
  | { readonly ok: true; readonly references: readonly Reference[] }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** Names that Kustomize looks for in a folder. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
export function isKustomizationFile(path: string): boolean {
  return /(?:^|\/)kustomization(?:\.ya?ml)?$/iu.test(path);
}

/** What the kustomization at `path` is put together from. */
export function kustomizationEdges(path: string, version: FileVersion, memo: Memo, place: Place): Found {
  const { content } = version;
  if (content.kind !== "text")
    return { edges: [], unread: [{ path, line: null, reason: "no text that can be read", text: null }] };
  const reading = memo(`${readerVersion} ${version.sha}`, () => read(version.sha, content.text, memo));
  if (!reading.ok)
    return { edges: [], unread: [{ path, line: reading.line, reason: reading.reason, text: content.text }] };
  return { edges: reading.references.flatMap((reference) => edgeOf(path, reference, place)), unread: [] };
}

/** The paths in the repository that a kustomization of this text names, be there anything at them or not; none where it cannot be read. */
export function localReferences(path: string, text: string): readonly string[] {
  const read = readDocuments(text);
  const folder = directoryOf(path);
  return (read.ok ? read.documents : []).flatMap(referencesIn).flatMap((reference) => {
    const local = isAddress(reference.text) ? null : joined(folder === "" ? [] : folder.split("/"), reference.text);
    return local === null ? [] : [local];
  });
}

function edgeOf(path: string, { text, line, key }: Reference, place: Place): readonly Edge[] {
  const folder = directoryOf(path);
  const unit = unitAt("kustomization", folder);
  const step = { path, line, note: `${key}: ${text}` };
  const local = joined(folder === "" ? [] : folder.split("/"), text);
  const edges = local === null || isAddress(text) ? [] : [plainEdge(local, unit, step)];
  // Kustomize tries a path first; `host.example/owner/name` may be either.
  if (!mayBeAddress(text)) return edges;
  const { repository, folder: inside, revision } = remoteOf(text, place);
  if (repository === "other" || inside === "") return edges;
  if (repository === "own") return followsBase(revision, place) ? [...edges, plainEdge(inside, unit, step)] : edges;
  return revision === null ? [...edges, { ...plainEdge(inside, unit, step), undecided: text }] : edges;
}

function isAddress(text: string): boolean {
  return /^(?:[a-z+]+:\/\/|git::|[^/@]*@[^/:]*:)/u.test(text);
}

function mayBeAddress(text: string): boolean {
  return isAddress(text) || /^[\w-]+(?:\.[\w-]+)+\/[^/]+\/[^/]+/u.test(text);
}

function read(sha: string, text: string, memo: Memo): Reading {
  const documents = documentsOf(sha, text, memo);
  if (!documents.ok) return documents;
  return { ok: true, references: documents.documents.flatMap(referencesIn) };
}

/** Keys whose entries are files, folders or addresses. */
const lists = [
  "resources",
  "bases",
  "components",
  "crds",
  "configurations",
  "generators",
  "transformers",
  "validators",
];
/** Keys whose entries name a file under `path`, or are the file. */
const patches = ["patches", "patchesJson6902", "patchesStrategicMerge", "replacements"];

function referencesIn(root: Tree): readonly Reference[] {
  return [
    ...lists.flatMap((key) => texts(child(root, key), key)),
    ...patches.flatMap((key) =>
      items(root, key).flatMap((entry) => texts(entry.kind === "scalar" ? entry : child(entry, "path"), key)),
    ),
    ...["configMapGenerator", "secretGenerator"].flatMap((key) =>
      items(root, key).flatMap((one) => generated(one, key)),
    ),
    ...texts(child(child(root, "openapi"), "path"), "openapi"),
    ...charts(root),
  ];
}

/** `files` may name a key first: `app.conf=config/app.conf`. */
function generated(generator: Tree, key: string): readonly Reference[] {
  const files = texts(child(generator, "files"), key).map((one) => ({
    ...one,
    text: one.text.slice(one.text.indexOf("=") + 1),
  }));
  return [...files, ...texts(child(generator, "envs"), key), ...texts(child(generator, "env"), key)];
}

/** Charts that a kustomization inflates; those without `repo` lie in `chartHome`. */
function charts(root: Tree): readonly Reference[] {
  const [home] = texts(child(child(root, "helmGlobals"), "chartHome"), "");
  return ["helmCharts", "helmChartInflationGenerator"].flatMap((key) =>
    items(root, key).flatMap((chart) => {
      const [own] = texts(child(chart, "chartHome"), key);
      const folder = (own ?? home)?.text ?? "charts";
      const names = [...texts(child(chart, "name"), key), ...texts(child(chart, "chartName"), key)];
      return [
        ...names.map((name) => ({ ...name, text: `${folder}/${name.text}` })),
        ...["valuesFile", "values", "additionalValuesFiles"].flatMap((inner) => texts(child(chart, inner), key)),
      ];
    }),
  );
}

function items(root: Tree, key: string): readonly Tree[] {
  const found = child(root, key);
  return found === undefined ? [] : found.kind === "list" ? found.items : [found];
}

/** The plain texts of a scalar or a list, each on its line. What is written over several lines is content, not a name. */
function texts(tree: Tree | undefined, key: string): readonly Reference[] {
  if (tree === undefined || tree.kind === "map") return [];
  const scalars = tree.kind === "list" ? tree.items : [tree];
  return scalars.flatMap((one) =>
    one.kind === "scalar" && typeof one.value === "string" && one.value !== "" && !/[\n]/u.test(one.value)
      ? [{ text: one.value, line: one.span.line, key }]
      : [],
  );
}
