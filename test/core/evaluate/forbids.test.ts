// Kinds of change that the policy forbids in an environment.
import { describe, expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { reformatted } from "../../../src/core/example.ts";
import type { Facts } from "../../../src/core/facts.ts";
import type { PolicySource } from "../../../src/core/policy/reading.ts";
import kindForbiddenHere from "../../../src/core/rules/paths/kind-forbidden-here.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";
import { changeOf, factsOf, file } from "../facts.ts";
import { byPerson, deployment, judge, organisation, repository, tools } from "./changes.ts";

const forbids = (environment: string, ...kinds: readonly string[]) =>
  `environments: { ${environment}: { forbids: [${kinds.join(", ")}] } }\n`;
const scaled = (path: string) => file(path, deployment("a"), deployment("a", { replicas: "9" }));
const production = scaled("k8s/production/a.yaml");
const noScale = repository(forbids("production", "scale"));

function found(files: readonly ChangedFile[], policies: readonly PolicySource[], facts = factsOf) {
  return foundIn(facts({ change: changeOf(...files) }), policies);
}
function foundIn(facts: Facts, policies: readonly PolicySource[]) {
  return judge(facts, policies).findings.filter(({ rule }) => rule === "kind-forbidden-here");
}

test("the finding says where the change is of that kind, and by which line of the policy that is forbidden", () => {
  const line = deployment("a").split("\n").indexOf("  replicas: 2") + 1;
  expect(found([production], [noScale])).toMatchObject([
    {
      level: "block",
      place: { path: production.path, side: "head", line },
      message: "`production` forbids the kind `scale`: replicas 2 → 9 of Deployment/a, `k8s/production/a.yaml`",
      boundsFrom: [{ key: "environments.production.forbids", value: "scale" }],
    },
  ]);
});

test("files of one kind are one finding, and each kind in each environment is its own", () => {
  const other = scaled("k8s/production/b.yaml");
  const [finding, ...more] = found([production, other], [noScale]);
  expect(more).toEqual([]);
  expect(finding?.message).toContain("; 1 more file as well");
  const policy = repository(
    "environments: { production: { forbids: [config, scale] }, staging: { forbids: [scale] } }\n",
  );
  expect(found([production, scaled("k8s/staging/a.yaml")], [policy])).toHaveLength(3);
});

test("the same with other white space and comments is of no kind that values tell", () => {
  const change = reformatted(changeOf(production));
  expect(foundIn(factsOf({ change: changeOf(production) }), [noScale])).toHaveLength(1);
  expect(foundIn(factsOf({ change }), [noScale])).toEqual([]);
});

describe("an object that moves into the environment", () => {
  const text = deployment("a");
  const moved = (from: string, to: string) => [file(from, text, null), file(to, null, text)];

  test("brings with it what it is", () => {
    expect(found(moved("k8s/staging/a.yaml", "k8s/production/a.yaml"), [noScale])).toHaveLength(1);
  });

  test("also where only the end of its name tells the environment", () => {
    expect(found(moved("k8s/a.staging.yaml", "k8s/a.production.yaml"), [noScale])).toHaveLength(1);
  });
});

test("a file that may reach any production is forbidden what one of them forbids", () => {
  const policy = repository(`layout: ["live/{environment}/**"]\n${forbids("eu", "database")}`);
  const lonely = file("terraform/modules/db/main.tf", "\n", 'resource "aws_db_instance" "a" {}\n');
  expect(found([lonely], [policy])).toMatchObject([{ level: "block" }]);
  const mild = `layout: ["live/{environment}/**"]\nenvironments: { eu: { tier: staging, forbids: [database] } }\n`;
  expect(found([lonely], [repository(mild)])).toEqual([]);
});

test("evidence in a file that did not change itself counts where any changed file may lead to it", () => {
  const { change } = factsOf({ change: changeOf(production) });
  const { views } = buildViews(change, tools);
  const elsewhere = { kind: "scale", path: "b.yaml", side: "head" as const, line: 3, because: "because" };
  const policy = policyOf(`version: 1\n${forbids("production", "scale")}`);
  const context = { ...contextOf(policy, change, views), kinds: [elsewhere] };
  expect(kindForbiddenHere.observe(views, {}, context)).toMatchObject([{ at: { path: "b.yaml", line: 3 } }]);
});

test("no other word of the policy takes it back: level, waiver, the repository's own list", () => {
  const off = 'invariants: { blast-radius-is-bounded: "off" }\nrules: { kind-forbidden-here: "off" }\n';
  const waived =
    'waivers: [{ rule: kind-forbidden-here, paths: ["**"], reason: a, until: 2030-01-01, by: "@acme/sre" }]\n';
  for (const text of [off, waived])
    expect(found([production], [repository(forbids("production", "scale") + text)])).toMatchObject([
      { level: "block", waived: null },
    ]);
  const above = organisation(forbids("production", "scale"));
  expect(found([production], [above, repository(forbids("production", "ingress"))])).toHaveLength(1);
});

test("a person's change asks another person where the gate is for agents, and blocks where it is for everyone", () => {
  const levels = (policy: string) => found([production], [repository(policy)], (more) => byPerson(undefined, more));
  expect(levels(forbids("production", "scale"))).toMatchObject([{ level: "review" }]);
  expect(levels(`gate: everyone\n${forbids("production", "scale")}`)).toMatchObject([{ level: "block" }]);
});
