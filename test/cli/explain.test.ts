import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { rules } from "../../src/core/rules/index.ts";
import { sallyport } from "./run.ts";

test("explain without an id lists every rule with its summary", async () => {
  const { code, out } = await sallyport(tmpdir(), ["explain"]);
  expect([code, out]).toEqual([0, rules.map(({ id, summary }) => `${id}\n    ${summary}\n`).join("")]);
});

test("explain tells why, what to do, where the level is set and each option with its default", async () => {
  const { code, out } = await sallyport(tmpdir(), ["explain", "k8s-liveness-too-eager"]);
  const rule = rules.find(({ id }) => id === "k8s-liveness-too-eager");
  expect(code).toBe(0);
  for (const said of [rule?.why, rule?.remedy, `rules.${rule?.id} in the policy`]) expect(out).toContain(said);
  expect(out).toMatch(/^Examples: docs\/rules\/k8s-liveness-too-eager\.md$/m);
});

test("explain says of a rule that no policy can soften that it always blocks", async () => {
  const rule = rules.find(({ always }) => always === "block");
  const { out } = await sallyport(tmpdir(), ["explain", rule?.id ?? ""]);
  expect(out).toContain("It always blocks.");
});
