import { afterEach, beforeEach, expect, test } from "vitest";
import { acme, type Client, installationClient } from "./support.ts";

let world: Awaited<ReturnType<typeof acme>>;
let ask: Client;
beforeEach(async () => {
  world = await acme();
  ask = await installationClient(world.sim, world.app, world.installation);
});
afterEach(async () => {
  await world.sim.stop();
});
const ERRORS = "/repos/acme/infra/codeowners/errors";

test("each line that GitHub cannot use is named with its place and kind", async () => {
  const { org, repository } = world;
  const owners = org.team("owners");
  org.team("onlookers");
  repository.grant(owners, "write");
  const lines = [
    "# who owns what",
    "* @person-a @acme/owners # everything",
    "!k8s/ @person-a",
    "*.tf @reader @nobody @acme/onlookers person-a",
    "docs/",
    "a\\ b @person-b",
  ];
  repository.commit("main", { files: { ".github/CODEOWNERS": lines.join("\n") } });
  const answer = await ask("GET", ERRORS);
  expect(answer.get("errors")).toMatchObject([
    { path: ".github/CODEOWNERS", line: 3, column: 1, kind: "Invalid pattern", source: lines[2] },
    { line: 4, column: 6, kind: "Unknown owner", message: "Unknown owner: @reader" },
    { line: 4, column: 14, kind: "Unknown owner" },
    { line: 4, column: 22, kind: "Unknown owner" },
    { line: 4, column: 38, kind: "Invalid owner" },
  ]);
});

test("the first of three places counts, at the commit asked for", async () => {
  const { repository } = world;
  expect((await ask("GET", ERRORS)).status).toBe(404);
  repository.commit("main", { files: { "docs/CODEOWNERS": "* nobody\n" } });
  expect((await ask("GET", ERRORS)).get("errors.0.path")).toBe("docs/CODEOWNERS");
  repository.commit("main", { files: { CODEOWNERS: "* @person-a\n" } });
  expect((await ask("GET", ERRORS)).get("errors")).toEqual([]);
  expect((await ask("GET", `${ERRORS}?ref=feature`)).status).toBe(404);
});
