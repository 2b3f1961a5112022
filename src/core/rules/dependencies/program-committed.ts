import { z } from "zod";
import { aboutAll } from "../../../lib/about.ts";
import { count } from "../../../lib/text.ts";
import type { ChangedFile } from "../../change/change-set.ts";
import { inCode } from "../../dependencies/changes.ts";
import { readerOf } from "../../dependencies/readers.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "program-committed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A program that nobody can read comes into the repository, or another one takes its place.",
  why: "Review ends at the file: what it does is shown by no diff, and builds and developers run it as it is.",
  remedy: "Fetch it from where it is published, held by its hash, or build it from source.",
  needs: "paths",
  options: z.strictObject({
    trusted: z
      .array(z.string())
      .default([])
      .describe("Patterns of paths where programs may come and change, such as samples that tests read."),
  }),
  *detect({ files }, { trusted }) {
    const isTrusted = loosening(trusted);
    const found = files.filter((file) => isProgram(file) && !isTrusted(file.path));
    const [first] = found;
    if (first === undefined) return;
    const others = found.length === 1 ? "" : ` and ${count(found.length - 1, "other program")}`;
    const how = first.before === null ? "new" : "another one than before";
    yield {
      at: { path: first.path, side: "head", line: 1 },
      about: aboutAll(found.map(({ path }) => path)),
      paths: found.map(({ path }) => path),
      message: `${inCode(first.path)}${others}: a program in a form that cannot be read, ${how}`,
      asks: true,
    };
  },
  examples: {
    "a library for the machine": `
      > A lib/native.so (binary)
      A README.md
        Words`,
    "another wrapper of Gradle": `
      = gradle/wrapper/gradle-wrapper.properties
        distributionUrl=https\\://services.gradle.org/distributions/gradle-9.2.0-bin.zip
      > A gradle/wrapper/gradle-wrapper.jar (binary)`,
    "it is too large to be read": `
      > A bin/tool.wasm (unread)`,
    "a pointer to where large files lie": `
      A lib/left.jar
      > version https://git-lfs.github.com/spec/v1
        oid sha256:0123456789012345678901234567890123456789012345678901234567890123
        size 1000`,
    "a picture": `
      A docs/left.png (binary)`,
    "a script": `
      A bin/left (executable)
        #!/bin/sh
        exit 0`,
    "samples of tests": {
      options: { trusted: ["test/samples/**"] },
      change: `
      A test/samples/left.jar (binary)`,
    },
  },
});

const programs =
  /\.(?:exe|dll|so(?:\.\d+)*|dylib|jar|war|ear|aar|class|pyc|pyo|pyd|node|wasm|whl|egg|gem|nupkg|deb|rpm|apk|msi|dmg|appimage|ko|sys|scr)$/iu;
const pointer = "version https://git-lfs.github.com/spec/";

/** By its name, or because git marks it as executable and it is no text. A text of such a name counts where it points to the program. */
function isProgram({ path, before, after }: ChangedFile): boolean {
  if (after === null || after.sha === before?.sha) return false;
  switch (after.content.kind) {
    case "text":
      return programs.test(path) && after.content.text.slice(0, 200).includes(pointer);
    case "binary":
    case "unread":
      // A lockfile in a binary form is a gap of its own.
      return programs.test(path) || (after.mode === "100755" && readerOf(path) === undefined);
    case "symlink":
    case "submodule":
      return false;
  }
}
