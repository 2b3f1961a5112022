// What the rules on dependencies say, which their examples do not state.
import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { isOneEditAway, lookAlike } from "../../../src/core/dependencies/look-alikes.ts";
import { parseExample } from "../../../src/core/example.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { directional } from "../../corpus/directional.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const policy = policyOf(undefined);
const changes = new Map(directional("dependencies").map(({ id, change }) => [id, change]));

/** The sentences of the change of this name in the corpus, with the level that each would have. */
function said(id: string): readonly string[] {
  const { change } = parseExample(changes.get(id) ?? "");
  const { views } = buildViews(change, tools);
  const context = contextOf(policy, change, views);
  return rules
    .filter(({ invariant, needs }) => invariant === "supply-chain-is-intact" && /^(?:dependencies|paths)$/u.test(needs))
    .flatMap((rule) => rule.observe(views, {}, context))
    .flatMap((one) => ("message" in one ? [`${one.blocks === true ? "blocks" : "asks"}: ${one.message}`] : []));
}

test.each([
  ["npm-lock-renamed-with-another-hash", ["asks: `left 1.0.0` has other hashes for the same version"]],
  ["lock-deleted", ["asks: `package-lock.json` is deleted, and no other lockfile takes its place"]],
  [
    "npm-scope-no-longer-stated",
    [
      "asks: `@acme:registry` was `https://packages.example.net/` and is not stated any more, so that the registry of everybody applies",
    ],
  ],
  ["npm-scripts-run-again", ["asks: `ignore-scripts` stood here with `true` and is taken away"]],
  ["install-without-the-lockfile", ["asks: `--no-frozen-lockfile` is new"]],
  ["a-package-may-build", ["asks: the scripts of `right` newly run when it is installed"]],
  ["a-new-package", ["asks: `right` is new: nothing that this change touches asked for it before"]],
  [
    "another-alphabet",
    [
      "asks: `ехpress` is new: nothing that this change touches asked for it before",
      "blocks: `ехpress` is new, and its name reads the same as `express`",
    ],
  ],
  [
    "a-letter-too-many",
    [
      "asks: `serdee` is new: nothing that this change touches asked for it before",
      "asks: `serdee` is new, and its name is a letter from `serde`",
    ],
  ],
  [
    "a-version-with-a-known-hole",
    ["asks: `left 1.1.0` has `GHSA-0000-0000-0001`, which GitHub calls high: `Runs what it is sent`"],
  ],
])("%s", (id, expected) => {
  expect(said(id)).toEqual(expected);
});

test("text of a lockfile cannot end the code that it is shown in", () => {
  const { change } = parseExample(`
    M package.json
    - { "dependencies": { "left": "^1.0.0" } }
    + { "dependencies": { "left": "^1.0.0", "a\`b **c**": "^1.0.0" } }`);
  const { views } = buildViews(change, tools);
  const added = rules.find(({ id }) => id === "dependency-added");
  const [one] = added?.observe(views, {}, contextOf(policy, change, views)) ?? [];
  expect(one !== undefined && "message" in one ? one.message : "").toMatch(/^`a'b \*\*c\*\*` is new/u);
});

test("names that differ in one letter, one more, one less, or two that changed places are one edit apart", () => {
  expect(["serdf", "serdee", "serd", "sedre"].map((name) => isOneEditAway("serde", name))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(["serde", "sreed", "serdeee", "sedxe"].map((name) => isOneEditAway("serde", name))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("what comes along is compared by how it reads alone: names that are close by chance are many", () => {
  expect(lookAlike("expresss", "npm", false)).toBeNull();
  expect(lookAlike("expresss", "npm", true)?.known).toBe("express");
  expect(lookAlike("1odash", "npm", false)?.isCertain).toBe(true);
});
