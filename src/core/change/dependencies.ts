/**
 * Files that package tools write, by name; nobody reads them line by line. Their content is for rules on the supply chain.
 * Only names that a tool prescribes: a mark in a file's text could be written by anybody.
 */
const lockfiles = new Set([
  "package-lock.json",
  "npm-shrinkwrap.json",
  "yarn.lock",
  "pnpm-lock.yaml",
  "bun.lock",
  "bun.lockb",
  "deno.lock",
  "go.sum",
  "cargo.lock",
  "gemfile.lock",
  "composer.lock",
  "poetry.lock",
  "pdm.lock",
  "uv.lock",
  "pipfile.lock",
  "mix.lock",
  "pubspec.lock",
  "podfile.lock",
  "package.resolved",
  "packages.lock.json",
  "gradle.lockfile",
  "flake.lock",
  "chart.lock",
  ".terraform.lock.hcl",
]);
const manifests = new Set([
  "package.json",
  "pnpm-workspace.yaml",
  "go.mod",
  "cargo.toml",
  "gemfile",
  "composer.json",
  "pyproject.toml",
  "pipfile",
  "setup.py",
  "setup.cfg",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "libs.versions.toml",
  "mix.exs",
  "pubspec.yaml",
  "podfile",
  "package.swift",
  "directory.packages.props",
  "packages.config",
  "chart.yaml",
  "module.bazel",
]);
const generated =
  /\.min\.(?:js|css)$|\.(?:js|css)\.map$|\.pb\.go$|_pb2(?:_grpc)?\.pyi?$|\.pb\.(?:h|cc)$|\.snap$|\.designer\.cs$|\.g\.dart$/u;

/** Written by a package tool to pin what it resolved. */
export function isLockfile(path: string): boolean {
  return lockfiles.has(nameOf(path));
}

/** Says what a project depends on: written by people, or by a tool for them. */
export function isManifest(path: string): boolean {
  const name = nameOf(path);
  return (
    manifests.has(name) || /^(?:requirements|constraints)[\w.-]*\.(?:txt|in)$|\.(?:csproj|fsproj|gemspec)$/u.test(name)
  );
}

/** Written by a compiler, a bundler or a test runner, by the name that it gives. */
export function isGenerated(path: string): boolean {
  return generated.test(nameOf(path));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase();
}
