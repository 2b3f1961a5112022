import { at, entriesOf, isTrue, itemsOf, textOf } from "./node.ts";
import { readJson } from "./json.ts";
import { type Directive, type Reader, readingOf } from "./reading.ts";

export const composerJson: Reader = {
  ecosystem: "composer",
  role: "manifest",
  claims: (path) => /(?:^|\/)composer\.json$/u.test(path) && !path.includes("vendor/"),
  read: (text) =>
    readingOf(readJson(text), (root) => {
      const repositories = at(root, "repositories");
      const listed = [...itemsOf(repositories), ...entriesOf(repositories).map(([, one]) => one)];
      return {
        declared: ["require", "require-dev"].flatMap((group) =>
          entriesOf(at(root, group)).map(([name, range]) => ({ name, range: textOf(range), line: range.line })),
        ),
        directives: listed
          .flatMap((one): readonly Directive[] => {
            const value = textOf(at(one, "url"));
            if (value === null || textOf(at(one, "type")) === "path") return [];
            return [{ kind: "registry", key: `repository ${value}`, value, line: one.line }];
          })
          .concat(
            at(root, "config", "secure-http")?.kind === "scalar" && !isTrue(at(root, "config", "secure-http"))
              ? [
                  {
                    kind: "trust",
                    key: "secure-http",
                    value: "false",
                    line: at(root, "config", "secure-http")?.line ?? 1,
                  },
                ]
              : [],
          ),
      };
    }),
};

export const composerLock: Reader = {
  ecosystem: "composer",
  role: "lock",
  claims: (path) => /(?:^|\/)composer\.lock$/u.test(path),
  read: (text) =>
    readingOf(readJson(text), (root) => ({
      locked: ["packages", "packages-dev"].flatMap((group) =>
        itemsOf(at(root, group)).map((entry) => {
          const hash = textOf(at(entry, "dist", "shasum")) ?? "";
          return {
            name: textOf(at(entry, "name")) ?? "",
            version: textOf(at(entry, "version")) ?? "",
            source: textOf(at(entry, "source", "url")) ?? textOf(at(entry, "dist", "url")),
            hashes: hash === "" ? [] : [`sha1-${hash}`],
            runsScript: false,
            line: entry.line,
          };
        }),
      ),
    })),
};
