import { joined } from "../../change/symlinks.ts";
import type { ChangedFile, FileVersion } from "../../change/change-set.ts";
import { type Application, applicationsIn, mayDeclareApplications, type Source, type Written } from "./argo-read.ts";
import { type Declared, type Edge, type Extent, type Found, type Unit, unitAt } from "./edge.ts";
import { isOpen, patternOf, quotedPaths } from "./expressions.ts";
import { filled, folderFitting, type Parameters, parametersOf, type Sources } from "./parameters.ts";
import { followsBase, remoteOf } from "./remote.ts";

/** Package managers write these, in sizes that are not read; nobody declares what is deployed in them. */
function isLockFile(path: string): boolean {
  return /(?:^|\/)(?:pnpm-lock\.yaml|package-lock\.json|npm-shrinkwrap\.json|packages\.lock\.json)$/u.test(path);
}

const noParameters: Parameters = { values: {}, glob: null, except: [] };

/** The Applications that one side of a file declares, and what each of them deploys. */
export function argoEdges(
  file: ChangedFile,
  version: FileVersion,
  sources: Sources,
): Found & { readonly declared: readonly Declared[] } {
  const { content } = version;
  if (content.kind === "unread" && !isLockFile(file.path))
    return { edges: [], unread: [{ path: file.path, line: null, reason: content.reason, text: null }], declared: [] };
  if (content.kind !== "text" || !mayDeclareApplications(content.text)) return { edges: [], unread: [], declared: [] };
  const found = applicationsIn(version.sha, content.text, sources.memo).map((application) => {
    const unit = unitAt("application", file.path, `${application.line} ${application.name}`);
    const sets = application.generators === null ? [noParameters] : parametersOf(application.generators, sources);
    return {
      edges: sets.flatMap((set) =>
        application.sources.flatMap((source) => edgesOf(application, source, set, unit, sources)),
      ),
      declared: {
        unit,
        line: application.line,
        note: `Application "${application.name}"`,
        words: sets.flatMap((set) => wordsOf(application, set, set.glob)),
      },
    };
  });
  return { edges: found.flatMap(({ edges }) => edges), unread: [], declared: found.map(({ declared }) => declared) };
}

function edgesOf(
  application: Application,
  source: Source,
  set: Parameters,
  unit: Unit,
  { place }: Sources,
): readonly Edge[] {
  const home = source.path;
  const folder = home === null ? "" : filled(home.text, set, null);
  return [
    ...(home === null ? [] : edgesTo(home, source, "", true)),
    ...source.valueFiles.flatMap((file) => {
      const named = /^\$([^/]+)\/(.*)$/u.exec(file.text);
      const origin = named === null ? source : application.sources.find(({ ref }) => ref === named[1]);
      if (origin === undefined || /^[a-z]+:\/\//u.test(file.text)) return [];
      const path = named?.[2] ?? file.text.replace(/^\//u, "");
      const rooted = named !== null || file.text.startsWith("/");
      return edgesTo({ ...file, text: path }, origin, rooted ? "" : folder, false);
    }),
  ];

  function edgesTo(written: Written, origin: Source, from: string, isFolder: boolean): readonly Edge[] {
    const address = filled(origin.address ?? "", set, null);
    const revision = origin.revision === null ? null : filled(origin.revision, set, null);
    if (revision !== null && !isOpen(revision) && !followsBase(revision, place)) return [];
    const { repository } = isOpen(address) || address === "" ? { repository: "own" } : remoteOf(address, place);
    if (repository === "other") return [];
    const step = {
      path: unit.path,
      line: written.line,
      note: `Application "${application.name}" deploys ${written.text}`,
    };
    const text = from === "" ? written.text : `${from}/${written.text}`;
    const known = withGlob(filled(text, set, null), set);
    const expression = isOpen(known) ? text : null;
    return extentsOf(known, isFolder, origin.deep, set).map((reads) => ({
      reads,
      by: unit,
      step,
      words: (path) => wordsOf(application, set, folderFitting(path, set)),
      undecided: repository !== "own" ? address : reads.kind === "pattern" ? expression : null,
    }));
  }
}

/** A folder is put together by Kustomize or Helm where it is theirs; else its files are deployed as they stand. */
function extentsOf(text: string, isFolder: boolean, deep: boolean, set: Parameters): readonly Extent[] {
  if (isOpen(text) || text.includes("*")) {
    const pattern = isOpen(text) ? patternOf("", text) : joined([], text);
    const quoted = quotedPaths(text).map((path): Extent => ({ kind: "path", path }));
    return [...(pattern === null ? [] : [{ kind: "pattern", pattern, except: set.except, deep } as const]), ...quoted];
  }
  const path = joined([], text);
  if (path === null) return [];
  return [{ kind: "path", path }, ...(isFolder ? [{ kind: "files", folder: path, deep } as const] : [])];
}

/** The glob in the place of the parameter that it gives. */
function withGlob(text: string, { glob }: Parameters): string {
  return glob === null ? text : text.replace(/\{\{-?\s*\.?path(?:\.path)?\s*-?\}\}/gu, () => glob);
}

function wordsOf({ words }: Application, set: Parameters, folder: string | null): readonly string[] {
  const known = words.map((word) => filled(word, set, folder)).filter((word) => !isOpen(word));
  return known.flatMap((word) => [word, ...hostOf(word)]);
}

/** `https://prod.example.com:6443`: the parts of the name may tell. */
function hostOf(word: string): readonly string[] {
  const host = /^https?:\/\/([^/:]+)/u.exec(word)?.[1];
  return host === undefined ? [] : [host];
}
