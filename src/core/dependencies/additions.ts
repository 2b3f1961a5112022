import type { DependencyFile } from "../views/dependencies.ts";
import type { Declared, Ecosystem, Locked } from "./reading.ts";

export interface Addition {
  readonly file: DependencyFile;
  readonly is: Declared;
}

/**
 * Packages that a manifest newly asks for, and that no file of the change asked for or held before, nor anything else of whoever publishes
 * them: the code of somebody who is new here.
 */
export function additions(files: readonly DependencyFile[]): readonly Addition[] {
  const known = namesBefore(files);
  const publishers = publishersBefore(files);
  const seen = new Set<string>();
  return files.flatMap((file) =>
    file.after.declared.flatMap((is): readonly Addition[] => {
      const key = `${file.ecosystem} ${is.name}`;
      if (file.role !== "manifest" || is.isIndirect === true || isLocal(is.range) || seen.has(key)) return [];
      if (known.get(file.ecosystem)?.has(is.name) === true) return [];
      const publisher = publisherOf(is.name, file.ecosystem);
      if (publisher !== null && publishers.get(file.ecosystem)?.has(publisher) === true) return [];
      seen.add(key);
      return [{ file, is }];
    }),
  );
}

/** The same of lockfiles: what came along with something else. */
export function lockedAdditions(
  files: readonly DependencyFile[],
): readonly { readonly file: DependencyFile; readonly is: Locked }[] {
  const known = namesBefore(files);
  return files.flatMap((file) =>
    file.after.locked.flatMap((is) => (known.get(file.ecosystem)?.has(is.name) === true ? [] : [{ file, is }])),
  );
}

function namesBefore(files: readonly DependencyFile[]): ReadonlyMap<Ecosystem, ReadonlySet<string>> {
  const known = new Map<Ecosystem, Set<string>>();
  for (const { ecosystem, before } of files) {
    const names = known.get(ecosystem) ?? new Set();
    for (const { name } of before.declared) names.add(name);
    for (const { name } of before.locked) names.add(name);
    known.set(ecosystem, names);
  }
  return known;
}

/** Whose packages the manifests asked for themselves. What came along with others is nobody's choice. */
function publishersBefore(files: readonly DependencyFile[]): ReadonlyMap<Ecosystem, ReadonlySet<string>> {
  const known = new Map<Ecosystem, Set<string>>();
  for (const { ecosystem, before } of files) {
    const publishers = known.get(ecosystem) ?? new Set();
    for (const { name, isIndirect } of before.declared) {
      const publisher = isIndirect === true ? null : publisherOf(name, ecosystem);
      if (publisher !== null) publishers.add(publisher);
    }
    known.set(ecosystem, publishers);
  }
  return known;
}

/** The part of a name under which one owner alone can publish; null where everybody can take any name. */
function publisherOf(name: string, ecosystem: Ecosystem): string | null {
  switch (ecosystem) {
    case "npm":
      return /^@[^/]+(?=\/)/u.exec(name)?.[0] ?? null;
    case "maven":
      return /^[^:]+(?=:)/u.exec(name)?.[0] ?? null;
    case "composer":
      return /^[^/]+(?=\/)/u.exec(name)?.[0] ?? null;
    case "go":
      return (
        /^(?:(?:github|gitlab)\.com|bitbucket\.org|golang\.org)\/[^/]+/u.exec(name)?.[0] ??
        /^[^/]+/u.exec(name)?.[0] ??
        null
      );
    case "pypi":
    case "cargo":
    case "rubygems":
    case "nuget":
    case "docker":
    case "git":
    case "build":
      return null;
  }
}

/** A part of the same repository, which is reviewed with it. */
function isLocal(range: string | null): boolean {
  return range !== null && /^(?:workspace\b|catalog:|link:|portal:|file:|\.{0,2}\/|\.{1,2}$)/u.test(range);
}
