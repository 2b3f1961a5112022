import { type Declared, type Directive, type Reader, type Reading, linesOf, nothing, readingOf } from "./reading.ts";
import { below, type Element, everywhere, readXml, textAt } from "./xml.ts";

/** `${name}` stands for a property of the same file; one that is inherited keeps its name, so that its value is another file's matter. */
function filled(text: string | null, properties: ReadonlyMap<string, string>): string | null {
  return (
    text?.replaceAll(/\$\{(?<name>[^}]*)\}/gu, (_, name: string) => properties.get(name) ?? `the property ${name}`) ??
    null
  );
}

/** Plugins and extensions run in the build itself; they are declared like dependencies. https://maven.apache.org/pom.html */
function declaredIn(root: Element): readonly Declared[] {
  const properties = new Map(
    below(root, "properties").flatMap(({ children }) => children.map(({ name, text }) => [name, text] as const)),
  );
  return ["dependency", "plugin", "extension", "parent"].flatMap((name) =>
    everywhere(root, name).flatMap((element): readonly Declared[] => {
      const artifact = filled(textAt(element, "artifactId"), properties);
      if (artifact === null) return [];
      const group = filled(textAt(element, "groupId"), properties) ?? "org.apache.maven.plugins";
      // Without a version it is what the parent manages.
      const range = filled(textAt(element, "version"), properties) ?? "managed";
      return [{ name: `${group}:${artifact}`, range, line: element.line }];
    }),
  );
}

function directivesIn(root: Element): readonly Directive[] {
  const repositories = ["repository", "pluginRepository"].flatMap((name) => everywhere(root, name));
  const published = new Set(everywhere(root, "distributionManagement").flatMap((one) => everywhere(one, "repository")));
  return [
    ...repositories.filter((one) => !published.has(one)).flatMap((one) => repositoryOf(one)),
    ...everywhere(root, "mirror").flatMap((mirror): readonly Directive[] => {
      const key = `mirror of ${textAt(mirror, "mirrorOf") ?? ""}`;
      return [{ kind: "default-registry", key, value: textAt(mirror, "url") ?? "", line: mirror.line }];
    }),
  ];
}

function repositoryOf(repository: Element): readonly Directive[] {
  const value = textAt(repository, "url");
  // What lies below the path of a dependency or is served by a file of the same project brings in nothing from outside.
  if (value === null || /^(?:file:|\$\{(?:project\.)?basedir\})/u.test(value)) return [];
  const key = `repository ${textAt(repository, "id") ?? ""}`.trim();
  const { line } = repository;
  const unheld = everywhere(repository, "checksumPolicy").filter(({ text }) => text !== "fail" && text !== "warn");
  return [
    { kind: "registry", key, value, line },
    ...unheld.map((one) => ({
      kind: "trust" as const,
      key: `${key} checksumPolicy`,
      value: one.text,
      line: one.line,
    })),
  ];
}

function readProject(root: Element): Partial<Reading> {
  return { declared: declaredIn(root), directives: directivesIn(root) };
}

export const mavenProject: Reader = {
  ecosystem: "maven",
  role: "manifest",
  claims: (path) => /(?:^|\/)(?:pom\.xml|[^/]+\.pom)$/u.test(path),
  read: (text) => readingOf(readXml(text), readProject),
};

export const mavenSettings: Reader = {
  ecosystem: "maven",
  role: "settings",
  claims: (path) => /(?:^|\/)(?:settings|settings-[\w-]+|\.mvn\/extensions)\.xml$/u.test(path),
  read: (text) =>
    readingOf(readXml(text), (root) => (/^(?:settings|extensions)$/u.test(root.name) ? readProject(root) : {})),
};

/** https://docs.gradle.org/current/userguide/gradle_wrapper.html, https://maven.apache.org/wrapper */
export const wrapperProperties: Reader = {
  ecosystem: "maven",
  role: "settings",
  claims: (path) => /(?:^|\/)(?:gradle|maven)-wrapper\.properties$/u.test(path),
  read: (text) => ({
    ok: true,
    value: {
      ...nothing,
      directives: linesOf(text).flatMap(({ text: written, line }): readonly Directive[] => {
        const { key = "", value = "" } = /^\s*(?<key>\w+)\s*[=:]\s*(?<value>.*)$/u.exec(written)?.groups ?? {};
        if (/^(?:distribution|wrapper)Url$/u.test(key)) return [{ kind: "tool", key, value, line }];
        // Each version has a hash of its own: that there is one is what guards.
        if (/^(?:distribution|wrapper)Sha256Sum$/u.test(key)) return [{ kind: "guard", key, value, line }];
        return key === "validateDistributionUrl" && value === "false" ? [{ kind: "trust", key, value, line }] : [];
      }),
    },
  }),
};
