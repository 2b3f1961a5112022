/** The lockfiles that a manifest may have, by its name: those that its package managers write beside it, or at the root of the workspace. */
const lockfilesOf: Readonly<Record<string, readonly string[]>> = {
  "package.json": ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"],
  "pyproject.toml": ["poetry.lock", "uv.lock", "pdm.lock"],
  Pipfile: ["Pipfile.lock"],
  "Cargo.toml": ["Cargo.lock"],
  "go.mod": ["go.sum"],
  Gemfile: ["Gemfile.lock"],
  "composer.json": ["composer.lock"],
};
/** Their lockfile stands beside them: there are no workspaces that share one. */
const alone = new Set(["go.mod", "Pipfile", "Gemfile", "composer.json"]);

/** Where the lockfile of a manifest may stand, a list for each folder, the nearest folder first; empty for other files. */
export function lockfilePlaces(manifest: string): readonly (readonly string[])[] {
  const parts = manifest.split("/");
  const name = parts.at(-1) ?? "";
  const names = Object.hasOwn(lockfilesOf, name) ? (lockfilesOf[name] ?? []) : [];
  if (names.length === 0) return [];
  const folders = parts.map((_, index) => parts.slice(0, parts.length - 1 - index));
  return (alone.has(name) ? folders.slice(0, 1) : folders).map((folder) =>
    names.map((lockfile) => [...folder, lockfile].join("/")),
  );
}

/**
 * Lockfiles that stay as they are although a manifest changes that they may belong to: without them nobody sees that the manifest
 * changed alone. None where the change touches one that the manifest may have.
 */
export function lockfilesBeside(changedPaths: readonly string[]): (path: string) => boolean {
  const changed = new Set(changedPaths);
  const wanted = new Set(
    changedPaths.flatMap((path) => {
      const places = lockfilePlaces(path).flat();
      return places.some((place) => changed.has(place)) ? [] : places;
    }),
  );
  return (path) => wanted.has(path);
}
