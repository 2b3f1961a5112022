import type { Side } from "../change/change-set.ts";
import { joined } from "../change/symlinks.ts";
import type { HclBlock, HclBody, HclValue } from "../hcl.ts";
import { followsBase, type Place, remoteOf } from "./graph/remote.ts";
import { attributeOf, type TerraformBlock, type TerraformView, textOf } from "../views/terraform.ts";

/** A `module` block: who calls, from where, and what. */
export interface Call {
  /** The module that calls: its directory. */
  readonly caller: string;
  readonly path: string;
  readonly line: number;
  readonly label: string;
  readonly source: string;
  /** The literal value of an argument that names the environment. */
  readonly environment: string | null;
  /**
   * `local`: a directory of this repository. `undecided`: an expression, which may name any. `remote`: somewhere else, which may be
   * this repository under its address.
   */
  readonly kind: "local" | "undecided" | "remote";
}

/** How the modules of a repository hang together, at base and head at once: an edge that only one side has counts. */
export interface TerraformGraph {
  readonly directories: ReadonlySet<string>;
  /** Calls by the directory that is called. */
  readonly callers: ReadonlyMap<string, readonly Call[]>;
  /** Calls whose target is not known. */
  readonly open: readonly Call[];
  /** Names of workspaces that a directory's `cloud` or `backend` block states. */
  readonly workspaces: ReadonlyMap<
    string,
    readonly { readonly name: string; readonly path: string; readonly line: number }[]
  >;
  /** What a module's expressions name, to tell which other files it reads. */
  readonly reads: ReadonlyMap<string, Reads>;
}

export interface Reads {
  /** Paths in the repository that its expressions name from its own folder. Each stands for itself and all below it. */
  readonly paths: ReadonlySet<string>;
  /** Every word of its expressions and literals. */
  readonly words: ReadonlySet<string>;
  /** It reads files whose names are not written down: `file(var.x)`, `fileset(path.module, "*")`. */
  readonly openEnded: boolean;
}

export function terraformGraph(view: TerraformView, place: Place): TerraformGraph {
  const directories = new Set<string>();
  const callers = new Map<string, Call[]>();
  const open: Call[] = [];
  const workspaces = new Map<string, { name: string; path: string; line: number }[]>();
  const texts = new Map<string, string[]>();
  for (const block of bothSides(view)) {
    directories.add(block.directory);
    listed(texts, block.directory).push(...strings(withoutSource(block.block)));
    if (block.block.type === "terraform") listed(workspaces, block.directory).push(...workspacesOf(block));
    if (block.block.type !== "module") continue;
    const call = callOf(block);
    const target = targetOf(call, block.directory, place);
    if (target === "elsewhere") continue;
    if (target === null) open.push(call);
    else if (!listed(callers, target.directory).some((known) => sameCall(known, call)))
      listed(callers, target.directory).push(call);
  }
  const reads = new Map([...texts].map(([directory, lines]) => [directory, readsOf(directory, lines)]));
  return { directories, callers, open, workspaces, reads };
}

/** The head first, so that what stands now is what a chain shows. */
function bothSides(view: TerraformView): readonly TerraformBlock[] {
  const on = (side: Side): readonly TerraformBlock[] =>
    view.blocks.flatMap(({ before, after }) => (side === "head" ? after : before) ?? []);
  return [...on("head"), ...on("base")];
}

function sameCall(a: Call, b: Call): boolean {
  return a.path === b.path && a.label === b.label && a.source === b.source;
}

function callOf({ block, directory, path }: TerraformBlock): Call {
  const value = attributeOf(block.body, "source");
  const source = value === undefined ? "" : textOf(value);
  const local = value?.kind === "literal" && /^\.\.?(?:\/|$)/u.test(source);
  const stated = ["environment", "env", "stage"].map((name) => attributeOf(block.body, name));
  const literal = stated.find((argument) => argument?.kind === "literal");
  return {
    caller: directory,
    path,
    line: block.line,
    label: block.labels[0] ?? "",
    source,
    environment: literal === undefined ? null : textOf(literal),
    kind: local ? "local" : value?.kind === "literal" ? "remote" : "undecided",
  };
}

/** The directory that is called. Null: nobody can tell; `elsewhere`: it is known to be none of this repository as it will be. */
function targetOf(call: Call, caller: string, place: Place): { readonly directory: string } | "elsewhere" | null {
  switch (call.kind) {
    case "undecided":
      return null;
    case "local": {
      const directory = joined(split(caller), call.source);
      return directory === null ? null : { directory };
    }
    case "remote": {
      const { repository, folder, revision } = remoteOf(call.source, place);
      if (repository === "unknown") return null;
      return repository === "own" && followsBase(revision, place) ? { directory: folder } : "elsewhere";
    }
  }
}

/** `cloud { workspaces { name = "app-prod" } }`, and the same below a `backend` block. */
function workspacesOf({ block, path }: TerraformBlock): readonly { name: string; path: string; line: number }[] {
  const named = (inside: HclBlock): readonly { name: string; path: string; line: number }[] => {
    if (inside.type !== "workspaces") return inside.body.blocks.flatMap(named);
    const name = attributeOf(inside.body, "name");
    return name?.kind === "literal" ? [{ name: textOf(name), path, line: inside.line }] : [];
  };
  return block.body.blocks.flatMap(named);
}

const readingFunction =
  /\b(?:templatefile|fileset|file(?:base64|md5|sha\d+|base64sha\d+)?)\s*\(\s*([^"\s][^,)]*|"[^"]*[*?][^"]*")/u;

function readsOf(directory: string, texts: readonly string[]): Reads {
  const paths = new Set<string>();
  const words = new Set<string>();
  let openEnded = false;
  for (const text of texts) {
    for (const word of text.split(/[^\w.-]+/u)) words.add(word);
    const first = readingFunction.exec(text)?.[1] ?? "";
    openEnded ||= first !== "";
    for (const [, named = ""] of text.matchAll(
      /(?:\$\{path\.(?:module|root)\}\/|(?<=^|")(?=\.\.?\/))([^"$*?{}\s]+)/gu,
    )) {
      const path = joined(split(directory), named);
      if (path !== null && path !== "") paths.add(path);
    }
  }
  return { paths, words, openEnded };
}

/** The source of a module names a module, not a file that is read. */
function withoutSource({ type, body }: HclBlock): HclBody {
  if (type !== "module") return body;
  return { ...body, attributes: body.attributes.filter(({ name }) => name !== "source") };
}

/** Every literal and every undecided expression of a body. */
function strings(body: HclBody): readonly string[] {
  const inValue = (value: HclValue): readonly string[] => {
    switch (value.kind) {
      case "literal":
        return typeof value.value === "string" ? [value.value] : [];
      case "unknown":
        return [value.text];
      case "list":
        return value.items.flatMap(inValue);
      case "object":
        return value.entries.flatMap((entry) => inValue(entry.value));
    }
  };
  return [
    ...body.attributes.flatMap(({ value }) => inValue(value)),
    ...body.blocks.flatMap((block) => strings(block.body)),
  ];
}

function split(directory: string): readonly string[] {
  return directory === "" ? [] : directory.split("/");
}

function listed<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh: T[] = [];
  map.set(key, fresh);
  return fresh;
}
