import { expect, test } from "vitest";
import { changeOf, factsOf, file } from "../facts.ts";
import { deployment, judge, repository } from "./changes.ts";

const changed = (path: string) => file(path, deployment("a"), deployment("a", { image: "a:2" }));
const module = (path: string) => file(path, "locals {\n  x = 1\n}\n", "locals {\n  x = 2\n}\n");

/** Changes of two paths that one finding is about, and what makes the finding. */
test.each([
  ["too-many-files", "limits: { files: 1 }", [changed("a/1.yaml"), changed("b/2.yaml")]],
  [
    "too-many-services",
    'limits: { services: 1 }\nlayout: ["{service}/*.yaml"]',
    [changed("a/1.yaml"), changed("b/2.yaml")],
  ],
  [
    "outside-allowlist",
    'allowlist: ["docs/**"]\ninvariants: { outside-allowlist-needs-opt-in: block }',
    [changed("a/1.yaml"), changed("b/2.yaml")],
  ],
  ["reaches-production", "", [changed("a/production/1.yaml"), changed("b/production/2.yaml")]],
  ["reaches-production", "", [module("a/main.tf"), module("b/main.tf")]],
  ["reaches-production-with-staging", "", [changed("a/production/1.yaml"), changed("b/staging/2.yaml")]],
])("a waiver lifts a finding of %s only if it covers every path that makes it (%s)", (rule, policy, files) => {
  const lifted = (paths: string) => {
    const waiver = `{ rule: ${rule}, paths: [${paths}], reason: known, until: 2026-12-31, by: "@acme/sre" }`;
    const { findings } = judge(factsOf({ change: changeOf(...files) }), [
      repository(`${policy}\nwaivers: [${waiver}]`),
    ]);
    const mine = findings.filter((finding) => finding.rule === rule);
    expect(mine).toHaveLength(1);
    return mine.every(({ waived }) => waived !== null);
  };
  expect([lifted('"a/**"'), lifted('"b/**"'), lifted('"A/**", "b/**"'), lifted('"a/**", "b/**"')]).toEqual([
    false,
    false,
    false,
    true,
  ]);
});
