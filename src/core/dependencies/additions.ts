import type { DependencyFile } from "../views/dependencies.ts";
import type { Declared, Ecosystem, Locked } from "./reading.ts";

export interface Addition {
  readonly file: DependencyFile;
  readonly is: Declared;
}

/** Packages that a manifest newly asks for, and that no file of the change asked for or held before: somebody else's code is new here. */
export function additions(files: readonly DependencyFile[]): readonly Addition[] {
  const known = namesBefore(files);
  const seen = new Set<string>();
  return files.flatMap((file) =>
    file.after.declared.flatMap((is): readonly Addition[] => {
      const key = `${file.ecosystem} ${is.name}`;
      if (file.role !== "manifest" || is.isIndirect === true || isLocal(is.range) || seen.has(key)) return [];
      if (known.get(file.ecosystem)?.has(is.name) === true) return [];
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

/** A part of the same repository, which is reviewed with it. */
function isLocal(range: string | null): boolean {
  return range !== null && /^(?:workspace\b|catalog:|link:|portal:|file:|\.{0,2}\/|\.{1,2}$)/u.test(range);
}
