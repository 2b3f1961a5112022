import type { ChangedFile } from "../../change/change-set.ts";
import { globMatcher } from "../../policy/patterns.ts";
import type { Memo } from "../../syntax.ts";
import { documentsOf } from "../../views/documents.ts";
import { directoryOf } from "../../views/terraform.ts";
import { flattened, type Generator } from "./argo-read.ts";
import { isOpen, substituted } from "./expressions.ts";
import { type Place, remoteOf } from "./remote.ts";

/** One set of parameters that an ApplicationSet fills its template with. */
export interface Parameters {
  readonly values: Readonly<Record<string, string>>;
  /** The glob that `path` stands for, where folders are the parameter. */
  readonly glob: string | null;
  readonly except: readonly string[];
}

/** More are not told apart: what they leave open may be anything. */
const setsLimit = 500;
const nothing: Parameters = { values: {}, glob: null, except: [] };

/** The files of the change and its context, to read parameters from. */
export interface Sources {
  readonly files: readonly ChangedFile[];
  readonly memo: Memo;
  readonly place: Place;
}

/** Every set of parameters that the generators give. What cannot be told is a set that knows nothing. */
export function parametersOf(generators: readonly Generator[], sources: Sources): readonly Parameters[] {
  const sets = generators.flatMap((generator) => fromGenerator(generator, sources));
  return sets.length > setsLimit || sets.length === 0 ? [nothing] : sets;
}

function fromGenerator(generator: Generator, sources: Sources): readonly Parameters[] {
  switch (generator.kind) {
    case "list":
      return generator.elements.map((values) => ({ ...nothing, values }));
    case "directories":
      return isHere(generator.address, sources.place)
        ? generator.globs.map((glob) => ({ ...nothing, glob, except: generator.except }))
        : [nothing];
    case "files": {
      const found = isHere(generator.address, sources.place)
        ? generator.globs.flatMap((glob) => fromFiles(glob, sources))
        : [];
      return found.length === 0 ? [nothing] : found;
    }
    case "matrix":
      return generator.of.reduce<readonly Parameters[]>(
        (sets, one) => {
          const more = fromGenerator(one, sources);
          return sets.length * more.length > setsLimit ? [nothing] : sets.flatMap((a) => more.map((b) => both(a, b)));
        },
        [nothing],
      );
    case "unknown":
      return [nothing];
  }
}

function both(a: Parameters, b: Parameters): Parameters {
  return { values: { ...a.values, ...b.values }, glob: b.glob ?? a.glob, except: [...a.except, ...b.except] };
}

function isHere(address: string | null, place: Place): boolean {
  return address !== null && (isOpen(address) || remoteOf(address, place).repository !== "other");
}

/** Files hold parameters on both sides of a change: those that go count as well. */
function fromFiles(glob: string, { files, memo }: Sources): readonly Parameters[] {
  const fits = globMatcher(glob);
  return files
    .filter(({ path }) => fits(path))
    .flatMap(({ path, before, after }) =>
      [after, before].flatMap((version) => {
        if (version?.content.kind !== "text") return version === null ? [] : [nothing];
        const read = documentsOf(version.sha, version.content.text, memo);
        if (!read.ok) return [nothing];
        const folder = directoryOf(path);
        return read.documents.map((tree) => ({ ...nothing, values: { ...flattened(tree), ...ofPath(folder) } }));
      }),
    );
}

/** Parameters that a folder gives. https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/ */
function ofPath(folder: string): Readonly<Record<string, string>> {
  const segments = folder.split("/");
  return Object.fromEntries([
    ["path", folder],
    ["path.basename", segments.at(-1) ?? ""],
    ...segments.map((segment, index): [string, string] => [`path[${index}]`, segment]),
  ]);
}

/** A text with what is known put in; `folder` is what `path` stands for, where that is known. */
export function filled(text: string, { values }: Parameters, folder: string | null): string {
  const known = folder === null ? values : { ...values, ...ofPath(folder) };
  return substituted(text, (inside) => {
    const name = inside
      .replace(/^index\s+\.?path\.segments\s+(\d+)$/u, "path[$1]")
      .replace(/^\./u, "")
      .replace(/^path\.(?:path$|segments)/u, "path")
      .replace(/^path\.basenameNormalized$/u, "path.basename");
    return Object.hasOwn(known, name) ? (known[name] ?? null) : null;
  });
}

/** The folder of a path that a glob of folders stands for; null where the path lies in none. */
export function folderFitting(path: string, { glob, except }: Parameters): string | null {
  if (glob === null) return null;
  const segments = path.split("/");
  const fits = globMatcher(glob);
  const excluded = except.map(globMatcher);
  for (let length = segments.length; length > 0; length--) {
    const folder = segments.slice(0, length).join("/");
    if (fits(folder) && !excluded.some((one) => one(folder))) return folder;
  }
  return null;
}
