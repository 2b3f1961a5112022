import { expect, it } from "vitest";
import { unprovedProductions } from "../../../src/core/bake/unproved.ts";
import { effective } from "../policy/read.ts";

const told = (environments: string): readonly string[] =>
  unprovedProductions(effective({ own: `version: 1\nenvironments: ${environments}\n` }));

it("names every production without a bake, or with one that nobody can prove", () => {
  expect(told("{ live: { tier: production, branches: [live] } }")).toEqual([
    "nothing has to run elsewhere before it comes to `live`: it has no `bake`",
    "nothing has to run elsewhere before it comes to `production`: it has no `bake`",
  ]);
  expect(told("{ production: { bake: { in: staging, for: 24h } } }")).toEqual([
    "no bake for `production` can be proved, so people decide about each change: `environments.staging.deployed_by` names nobody",
  ]);
  const proved = '{ staging: { deployed_by: ["app:argo"] }, production: { bake: { in: staging, for: 24h } } }';
  expect(told(proved)).toEqual([]);
});
