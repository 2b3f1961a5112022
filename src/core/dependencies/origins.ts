import type { Ecosystem } from "./reading.ts";

/** Public registries by their hosts. A lockfile that leaves the source out means the same. */
const registries: ReadonlySet<string> = new Set([
  "registry.npmjs.org",
  "registry.yarnpkg.com",
  "pypi.org",
  "files.pythonhosted.org",
  "index.crates.io",
  "rubygems.org",
  "repo.packagist.org",
  "packagist.org",
  "repo.maven.apache.org",
  "repo1.maven.org",
  "plugins.gradle.org",
  "maven.google.com",
  "dl.google.com",
  "api.nuget.org",
  "proxy.golang.org",
]);
const cratesIndex = "registry+https://github.com/rust-lang/crates.io-index";

export const publicRegistry = "the public registry";

/** Whether it names the registry that everybody uses unless told otherwise, over TLS. */
export function isPublicRegistry(url: string): boolean {
  const { host } = /^(?:sparse\+)?https:\/\/(?<host>[^/@:]+)(?::443)?(?:\/|$)/iu.exec(url)?.groups ?? {};
  return host !== undefined && registries.has(host.toLowerCase());
}

/** Where a source leads, without version and revision: a registry, a repository, a host or a folder. */
export function originOf(source: string | null, ecosystem: Ecosystem): string {
  if (source === null || source === cratesIndex) return publicRegistry;
  const repository = repositoryOf(source, ecosystem);
  if (repository !== null) return `the repository ${repository}`;
  const { scheme, host } = /^(?:\w+\+)?(?<scheme>https?):\/\/(?:[^@/]*@)?(?<host>[^/]+)/iu.exec(source)?.groups ?? {};
  if (scheme === undefined || host === undefined) return `the place ${source}`;
  if (scheme.toLowerCase() === "http") return `${host.toLowerCase()} over plain HTTP`;
  return registries.has(host.toLowerCase()) ? publicRegistry : host.toLowerCase();
}

function repositoryOf(source: string, ecosystem: Ecosystem): string | null {
  const isGit = /^(?:git\b|git\+|github:|ssh:)|\.git(?:[#?@]|$)/iu.test(source) || ecosystem === "composer";
  if (!isGit) return null;
  return (
    source
      .replace(/^(?:git\+)?(?:https?|ssh|git):\/\/(?:[^@/]*@)?|^git@/iu, "")
      .replace(/[#?].*$/u, "")
      // GitHub's archive of one revision, as Composer takes it.
      .replace(/^(api\.github\.com\/repos\/[^/]+\/[^/]+)\/(?:zipball|tarball)\/[^/]+$/iu, "$1")
      .replace(/\.git(?:@.*)?$/u, "")
      .replace(/^github:/u, "github.com/")
      .toLowerCase()
  );
}

/** Sources that answer to nobody but their owner: to leave them for the public registry gives nothing up. */
export function isOutsideRegistries(origin: string): boolean {
  return /^the (?:repository|place) | over plain HTTP$/u.test(origin);
}
