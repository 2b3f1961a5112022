import { afterEach, expect, test } from "vitest";
import { readAdvised } from "../../../../src/adapters/github/facts/advised.ts";
import { parseExample } from "../../../../src/core/example.ts";
import type { Advisory } from "../../../../src/sim/state/model.ts";
import { startWorld, type World } from "../world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const manifest = "package-lock.json";
const advisory = (version: string, id = "GHSA-0000-0000-0001"): Advisory => ({
  manifest,
  ecosystem: "npm",
  name: "left",
  version,
  severity: "high",
  id,
  summary: "Runs what it is sent",
});
const touching = parseExample(`
  M ${manifest}
  - {}
  + { "packages": {} }`).change;

/** What is read of a change from one version to another, where review knows these advisories. */
async function read(advisories: readonly Advisory[] | null, { from = "1.0.0", to = "1.1.0", change = touching } = {}) {
  const world = await startWorld({ [manifest]: `left ${from}\n` });
  worlds.push(world);
  const { shop, writer } = world;
  shop.state.advisories = advisories;
  const mergeBaseSha = shop.state.refs.get("refs/heads/main") ?? "";
  shop.commit("topic", { files: { [manifest]: `left ${to}\n` }, by: writer });
  const headSha = shop.state.refs.get("refs/heads/topic") ?? "";
  const session = {
    api: await world.apiFor(world.installationId),
    signal: AbortSignal.timeout(30_000),
    clock: world.clock,
  };
  const found = await readAdvised(session, world.at, change, { mergeBaseSha, headSha });
  const asked = world.github.requests.entries.filter(({ route }) => route.includes("dependency-graph")).length;
  const { advised, gaps } = found;
  const told =
    advised.kind === "known" ? advised.introduced.map((one) => `${one.version} ${one.advisory}`) : advised.kind;
  return { told, gaps: gaps.map(({ id }) => id), asked };
}

test("a version that comes with a vulnerability is told", async () => {
  expect(await read([advisory("1.1.0")])).toEqual({ told: ["1.1.0 GHSA-0000-0000-0001"], gaps: [], asked: 1 });
});

test("what was known of the version before is not new", async () => {
  expect(await read([advisory("1.0.0"), advisory("1.1.0")])).toMatchObject({ told: [] });
});

test("a version that goes tells nothing", async () => {
  expect(await read([advisory("1.0.0")])).toMatchObject({ told: [] });
});

test("where review is not enabled that is said, and is no gap", async () => {
  expect(await read(null)).toEqual({ told: "not_granted", gaps: [], asked: 1 });
});

test("nothing is asked where no manifest or lockfile is touched", async () => {
  const change = parseExample(`
    M README.md
    - one
    + two`).change;
  expect(await read([advisory("1.1.0")], { change })).toEqual({ told: "not_asked", gaps: [], asked: 0 });
});

test("more than a page is read, and more than is read is a gap", async () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => advisory("1.1.0", `GHSA-${at}`));
  const some = await read(many(150));
  expect([some.told.length, some.gaps]).toEqual([150, []]);
  const most = await read(many(1001));
  expect([most.told.length, most.gaps]).toEqual([1000, ["dependency-comparison"]]);
});
