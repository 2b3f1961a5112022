import { expect, test } from "vitest";
import { createReader, ReaderCrowded } from "../../../src/adapters/workers/reader.ts";

const reading = new URL("../../../src/reading.ts", import.meta.url);
const limits = { readingMs: 60_000, memoryMb: 256, waiting: 1 };
const sarif = JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "Trivy" } } }] });

test("evidence is read in a process of its own, one after the other, and no more wait than may", async () => {
  const reader = createReader(reading, limits);
  const [one, two, three] = await Promise.allSettled([1, 2, 3].map(() => reader.read("findings", sarif)));
  const read = { kind: "read", brought: { kind: "findings", report: { tools: ["Trivy"], results: [], unplaced: 0 } } };
  expect([one, two]).toEqual([
    { status: "fulfilled", value: read },
    { status: "fulfilled", value: read },
  ]);
  expect(three).toMatchObject({ status: "rejected", reason: expect.any(ReaderCrowded) as unknown });
  expect(await reader.read("findings", sarif)).toEqual(read);
});

test("what takes too long, or more memory than there is, is unreadable, and the next one is read", async () => {
  const hasty = createReader(reading, { ...limits, readingMs: 1 });
  expect(await hasty.read("findings", sarif)).toMatchObject({ because: expect.stringContaining("longer") as string });
  const small = createReader(reading, { ...limits, memoryMb: 64 });
  const large = `{"a":[${"{},".repeat(5_000_000)}{}]}`;
  expect(await small.read("plan", large)).toMatchObject({ because: expect.stringContaining("memory") as string });
  expect(await small.read("findings", sarif)).toMatchObject({ kind: "read" });
});

test("what is no evidence is unreadable, and a module that is not there as well", async () => {
  expect(await createReader(reading, limits).read("plan", "no")).toMatchObject({ kind: "unreadable" });
  const nowhere = createReader(new URL("nowhere.ts", reading), limits);
  expect(await nowhere.read("plan", "{}")).toMatchObject({ kind: "unreadable" });
});
