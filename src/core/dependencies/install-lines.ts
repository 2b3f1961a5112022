import { isPublicRegistry } from "./origins.ts";
import { type Directive, type DirectiveKind, type Reader, joinedLinesOf, nothing } from "./reading.ts";

/** A variable that package managers take their settings from, or a switch on their command line. */
interface Setting {
  readonly kind: DirectiveKind;
  readonly name: RegExp;
  /** What must stand in the same line: other programs have switches of the same name. */
  readonly beside?: RegExp;
  /** What the line is for in that case, and has nothing to do with installing. */
  readonly unless?: RegExp;
  /** Whether the value says anything of note; every value does unless stated. */
  readonly when?: (value: string) => boolean;
}

const node = /\b(?:npm|npx|pnpm|yarn|bun)\b/u;
const publishes = /\b(?:publish|login|logout|adduser|whoami|push)\b/u;
const python = /\b(?:pip[\d.]*|uv|poetry|pipenv|pdm)\b/u;

/** https://docs.npmjs.com/cli/using-npm/config, https://yarnpkg.com/configuration/yarnrc, https://pip.pypa.io/en/stable/topics/configuration,
 * https://docs.astral.sh/uv/reference/environment, https://go.dev/ref/mod#environment-variables, https://doc.rust-lang.org/cargo/reference/config.html,
 * https://bundler.io/man/bundle-config.1.html, https://maven.apache.org/guides/mini/guide-repository-ssl.html */
const variables: readonly Setting[] = [
  {
    kind: "registry",
    name: /(?:npm_config_(?:@[\w-]+:)?registry|YARN_(?:NPM_REGISTRY_SERVER|REGISTRY)|BUN_CONFIG_REGISTRY)/iu,
  },
  { kind: "registry", name: /(?:PIP|UV)_(?:(?:EXTRA_)?INDEX_URL|FIND_LINKS|DEFAULT_INDEX|INDEX)|PIPENV_PYPI_MIRROR/u },
  { kind: "registry", name: /CARGO_(?:REGISTRIES_\w+_INDEX|SOURCE_\w+)|BUNDLE_MIRROR__\w+/u },
  { kind: "registry", name: /GOPROXY/u, when: (value) => value.split(/[,|]/u).some((one) => !isOwnProxy(one)) },
  { kind: "trust", name: /GO(?:NOSUMDB|NOSUMCHECK|INSECURE)/u },
  { kind: "trust", name: /GO(?:PRIVATE|NOPROXY)/u, when: (value) => value.split(",").some(isWholeHost) },
  { kind: "trust", name: /GOSUMDB/u, when: (value) => !/^sum\.golang\.(?:org|google\.cn)$/u.test(value) },
  { kind: "trust", name: /GOFLAGS/u, when: (value) => value.includes("-insecure") },
  {
    kind: "trust",
    name: /npm_config_(?:strict_ssl|package_lock)|YARN_ENABLE_(?:STRICT_SSL|IMMUTABLE_INSTALLS|HARDENED_MODE)/iu,
    when: isOff,
  },
  { kind: "trust", name: /YARN_CHECKSUM_BEHAVIOR/u, when: (value) => value !== "throw" },
  { kind: "trust", name: /PIP_TRUSTED_HOST|UV_INSECURE_HOST|GIT_SSL_NO_VERIFY/u, when: (value) => !isOff(value) },
  { kind: "trust", name: /BUNDLE_SSL_VERIFY_MODE|CARGO_HTTP_CHECK_REVOKE/u, when: isOff },
  {
    kind: "guard",
    name: /npm_config_ignore_scripts|PIP_REQUIRE_HASHES|BUNDLE_FROZEN/iu,
    when: (value) => !isOff(value),
  },
];

const switches: readonly Setting[] = [
  { kind: "registry", name: /--(?:@[\w-]+:)?registry/u, beside: node, unless: publishes },
  { kind: "registry", name: /--(?:(?:extra-)?index-url|find-links|default-index|index)|-i/u, beside: python },
  { kind: "registry", name: /--source/u, beside: /\b(?:dotnet|nuget)\b|\bgem install\b/u, unless: publishes },
  { kind: "registry", name: /\bgem\s+sources\s+(?:--add|-a)/u },
  { kind: "registry", name: /\bdotnet\s+nuget\s+add\s+source/u },
  { kind: "trust", name: /--(?:trusted-host|allow-insecure-host)/u, beside: python },
  { kind: "trust", name: /--dependency-verification/u, when: (value) => value !== "strict" },
];

/** Switches that say all by being there. */
const flags: readonly (Pick<Setting, "kind"> & { readonly text: RegExp })[] = [
  { kind: "trust", text: /--no-(?:frozen-lockfile|package-lock|lockfile)(?![\w-])/u },
  {
    kind: "trust",
    text: /-Dmaven\.wagon\.http\.ssl\.insecure=true|-Dorg\.gradle\.dependency\.verification=(?:off|lenient)/u,
  },
  {
    kind: "trust",
    text: /--(?:allow-unauthenticated|allow-untrusted|no-?gpg-?check|no-gpg-checks)(?![\w-])|\[[^[\]]{0,200}\btrusted=yes\b/u,
  },
  { kind: "guard", text: /--(?:ignore-scripts|require-hashes)(?![\w=-])/u },
];

function isOff(value: string): boolean {
  return /^(?:false|0|no|off)$/iu.test(value);
}

/** The proxy of Go itself, or none: the checksum database holds both to the same bytes. */
function isOwnProxy(value: string): boolean {
  return /^(?:https:\/\/proxy\.golang\.org\/?|direct|off|)$/u.test(value.trim());
}

/** Modules of everybody at a host, or of all hosts. */
function isWholeHost(pattern: string): boolean {
  return /^(?:\*|\*\.\w+|(?:github\.com|gitlab\.com|bitbucket\.org|golang\.org|gopkg\.in|go\.\w+\.\w+)(?:\/\*)?)$/u.test(
    pattern.trim(),
  );
}

/** `NAME=value`, `NAME: value`, `ENV NAME value`, `export NAME=value`, `npm config set name value`. */
const value = String.raw`(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<plain>[^\s"'\x60;&|)]+))`;
const assigned = String.raw`(?<![\w$\{./-])(?<name>NAME)(?!\w)["']?(?:\s*[:?+]?=\s*|:\s+|(?<=(?:ENV|ARG|set) NAME)\s+)${value}`;
const passed = String.raw`(?<![\w-])(?<name>NAME)(?:\s*=\s*|\s+)${value}`;

const compiled = [
  ...variables.map((setting) => ({ setting, pattern: patternOf(assigned, setting.name) })),
  ...switches.map((setting) => ({ setting, pattern: patternOf(passed, setting.name) })),
];

function patternOf(form: string, name: RegExp): RegExp {
  return new RegExp(
    form.replaceAll("NAME", () => `(?:${name.source})`),
    name.ignoreCase ? "giu" : "gu",
  );
}

/** A line without any of these words has nothing to say. */
const mayMatter =
  /npm|yarn|bun|pip|uv|poetry|pdm|cargo|bundle|\bgem\b|go(?:proxy|no|insecure|private|sumdb|flags)|nuget|lock|gradle|maven|gpg|allow-|trusted|git_ssl/iu;

/** What lines of shell, of variables or of a pipeline set of package managers. */
export function installSettings(text: string): readonly Directive[] {
  return joinedLinesOf(text).flatMap(({ text: written, line }) => {
    if (/^\s*(?:#|\/\/)/u.test(written) || !mayMatter.test(written)) return [];
    const found: Directive[] = [];
    for (const { setting, pattern } of compiled) {
      if (setting.beside?.test(written) === false || setting.unless?.test(written) === true) continue;
      for (const { groups } of written.matchAll(pattern)) {
        const name = groups?.["name"] ?? "";
        const said = groups?.["double"] ?? groups?.["single"] ?? groups?.["plain"] ?? "";
        if (setting.when?.(said) === false || (setting.kind === "registry" && !leadsElsewhere(said))) continue;
        found.push({ kind: setting.kind, key: name.replaceAll(/\s+/gu, " "), value: said, line });
      }
    }
    for (const { kind, text: flag } of flags) {
      const name = flag.exec(written)?.[0];
      if (name !== undefined) found.push({ kind, key: name, value: "", line });
    }
    return found;
  });
}

/** An address that is not the one which applies anyhow, or a variable that may hold one. Folders and switches of other programs do not. */
function leadsElsewhere(said: string): boolean {
  return /:\/\/|[$%{]/u.test(said) && !said.split(/[,|\s]+/u).every(isPublicRegistry) && !said.startsWith("file:");
}

const claimed =
  /(?:^|\/)(?:\.env(?:\.[^/]+)?|\.envrc|[^/]+\.(?:env|sh|bash|mk)|[Mm]akefile|GNUmakefile|[Jj]ustfile|Jenkinsfile|Procfile|\.gitlab-ci\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|buildspec\.ya?ml|cloudbuild\.ya?ml|tox\.ini|noxfile\.py)$|(?:^|\/)\.github\/(?:workflows\/[^/]+|actions\/.+\/action)\.ya?ml$|(?:^|\/)action\.ya?ml$|(?:^|\/)\.circleci\/[^/]+\.ya?ml$|(?:^|\/)\.husky\/[^/]+$/u;

export const installLines: Reader = {
  ecosystem: "build",
  role: "lines",
  claims: (path) => claimed.test(path),
  read: (text) => ({ ok: true, value: { ...nothing, directives: installSettings(text) } }),
};
