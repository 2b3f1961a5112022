import { isDocument } from "../../change/documents.ts";
import { joined } from "../../change/symlinks.ts";
import { globMatcher } from "../../policy/patterns.ts";
import { directoryOf } from "../../views/terraform.ts";
import { type Edge, plainEdge, type Unit, unitAt } from "./edge.ts";
import { isOpen, patternOf, quotedIn } from "./expressions.ts";

/** What Terragrunt runs in a folder. https://terragrunt.gruntwork.io/docs/reference/config-blocks-and-attributes/ */
export function isTerragrunt(path: string): boolean {
  return /(?:^|\/)terragrunt(?:\.stack)?\.hcl$/u.test(path);
}

/** Configuration that a `terragrunt.hcl` may include. */
export function isSharedHcl(path: string): boolean {
  return path.endsWith(".hcl") && !path.endsWith(".terraform.lock.hcl");
}

/** One side of a file of HCL. */
export interface HclText {
  readonly path: string;
  /** Null where it is no text that can be read. */
  readonly text: string | null;
}

/** What folders of Terragrunt run and read, themselves and through what they include, and the files among those that cannot be read. */
export function terragruntEdges(
  hcl: readonly HclText[],
  paths: readonly string[],
): { readonly edges: readonly Edge[]; readonly unread: readonly string[] } {
  const versions = Map.groupBy(hcl, ({ path }) => path);
  const read = new Set(hcl.map(({ path }) => path).filter(isTerragrunt));
  if (read.size === 0) return { edges: [], unread: [] };
  const around = filesAround(hcl, paths);
  const fitting = filesFitting(paths);
  const edges: Edge[] = [];
  const unread = new Set<string>();
  for (const path of read)
    for (const { text } of versions.get(path) ?? []) {
      if (text === null) unread.add(path);
      const found = edgesOf(path, text ?? "", fitting);
      // What it may include is told by where it lies, also where it cannot be read.
      const all = [...found, ...(isTerragrunt(path) ? edgesAround(path, around) : [])];
      edges.push(...all);
      for (const { reads } of all) if (reads.kind === "path" && versions.has(reads.path)) read.add(reads.path);
    }
  return { edges, unread: [...unread] };
}

/** A folder with a `terragrunt.hcl` is a module; what is included stands for itself. */
function unitOf(path: string): Unit {
  return unitAt("module", isTerragrunt(path) ? directoryOf(path) : path);
}

function edgesOf(path: string, text: string, fitting: (pattern: string) => readonly string[]): readonly Edge[] {
  const unit = unitOf(path);
  const folder = directoryOf(path);
  return text.split("\n").flatMap((one, index): readonly Edge[] => {
    const line = index + 1;
    const source = /(?:^|[\s{])source\s*=\s*"(.*)"[^"]*$/u.exec(one)?.[1];
    const named = [...filesRead(one, folder), ...patternsIn(one, folder).flatMap(fitting)].filter((to) => to !== path);
    return [
      ...(source === undefined ? [] : edgesTo(source, unit, { path, line })),
      ...named.map((to) => plainEdge(to, unit, { path, line, note: `reads ${to}` })),
    ];
  });
}

/** A file may hold the version that runs here: whoever changes it promotes. */
function filesRead(line: string, folder: string): readonly string[] {
  return [...line.matchAll(/\b(?:file|templatefile|read_terragrunt_config)\(\s*"([^"$]+)"/gu)].flatMap(
    ([, read = ""]) => joined(segmentsOf(folder), read) ?? [],
  );
}

/** Paths of configuration that a line names: `"${dirname(find_in_parent_folders("root.hcl"))}/_envcommon/queue.hcl"`. */
function patternsIn(line: string, folder: string): readonly string[] {
  return quotedIn(line)
    .filter((text) => /^(?:\.|[^/]*\*).*\/[^/\s]*\.(?:hcl|json|ya?ml|tfvars)$/u.test(text))
    .flatMap((text) => {
      // From an expression on nobody knows the folder: only what lies behind it counts, and behind the last way up.
      const behind = text.startsWith(".") ? null : text.replace(/^.*\*\/|^.*\.\.\//u, "");
      return behind === null ? (joined(segmentsOf(folder), text) ?? []) : `**/${behind}`;
    });
}

/** Which of the files fit a pattern; many folders name the same. */
function filesFitting(paths: readonly string[]): (pattern: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (pattern) => {
    const found = known.get(pattern) ?? paths.filter(globMatcher(pattern));
    known.set(pattern, found);
    return found;
  };
}

/** By folder the files that what lies below may read: HCL, what some HCL names, and settings that a script may read for it. */
function filesAround(hcl: readonly HclText[], paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const named = new Set(
    hcl.flatMap(({ text }) => [...(text ?? "").matchAll(/["/]([\w.-]+\.\w+)"/gu)].map(([, name = ""]) => name)),
  );
  const mayBeRead = (path: string): boolean => {
    const folder = directoryOf(path);
    const name = path.slice(folder === "" ? 0 : folder.length + 1);
    // Settings at the root of a repository are those of its tools.
    const isSetting = folder !== "" && /^[^.].*\.(?:json|ya?ml|tfvars)$/u.test(name);
    return isSharedHcl(path) || named.has(name) || isSetting;
  };
  return Map.groupBy(
    paths.filter((path) => !isDocument(path) && mayBeRead(path)),
    directoryOf,
  );
}

function edgesAround(path: string, around: ReadonlyMap<string, readonly string[]>): readonly Edge[] {
  const edges: Edge[] = [];
  for (let at = directoryOf(path); at !== ""; ) {
    at = directoryOf(at);
    for (const one of around.get(at) ?? [])
      edges.push(plainEdge(one, unitOf(path), { path, line: null, note: `may include ${one}` }));
  }
  return edges;
}

function edgesTo(source: string, by: Unit, at: { readonly path: string; readonly line: number }): readonly Edge[] {
  const step = { ...at, note: `source = "${source}"` };
  // A checkout at a version stays what it is when this is merged.
  if (/[?&]ref=/u.test(source)) return [];
  const written = source
    .replace(/^git::(?=\.)/u, "")
    .replace(/^\$\{get_terragrunt_dir\(\)\}\/?/u, "./")
    .replace("//", "/");
  const rooted = /^\$\{get_repo_root\(\)\}\/*(.*)$/u.exec(written)?.[1];
  const rest = rooted ?? written;
  const isRelative = rooted === undefined && /^\.\.?(?:\/|$)/u.test(rest);
  const folder = directoryOf(at.path);
  if (isOpen(rest)) return [pattern(patternOf(isRelative ? folder : "", rest) ?? "**", source)];
  if (rooted === undefined && !isRelative) return [];
  // What is included is read in the folder of whoever includes it, which may be any.
  if (isRelative && !isTerragrunt(at.path)) return [pattern(`**/${rest.replace(/^(?:\.\.?\/)+/u, "")}`, null)];
  const target = joined(segmentsOf(isRelative ? folder : ""), rest);
  return target === null ? [] : [plainEdge(target, by, step)];

  function pattern(text: string, undecided: string | null): Edge {
    const reads = { kind: "pattern", pattern: text, except: [], deep: false } as const;
    return { reads, by, step, words: () => [], undecided };
  }
}

function segmentsOf(folder: string): readonly string[] {
  return folder === "" ? [] : folder.split("/");
}
