import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { blobCache } from "../../src/adapters/store/blob-cache.ts";
import type { OpenStore } from "../../src/adapters/store/open.ts";
import { type EngineName, type TestDatabase, testDatabase } from "./stores.ts";

function blob(text: string, algorithm: "sha1" | "sha256" = "sha1"): readonly [string, Uint8Array] {
  const bytes = new TextEncoder().encode(text);
  return [createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex"), bytes];
}

/** What every cache of blobs promises: the bytes that the SHA names, or nothing. */
export function blobCacheContract(engine: EngineName): void {
  describe("blob cache", () => {
    let database: TestDatabase;
    let store: OpenStore;
    beforeEach(async () => {
      database = await testDatabase(engine);
      store = await database.open();
      return () => database.destroy();
    });
    const text = (bytes: Uint8Array | undefined): string | undefined =>
      bytes === undefined ? undefined : new TextDecoder().decode(bytes);

    test("gives back what was put, and nothing for what was not", async () => {
      const [emptySha, empty] = blob("");
      const [longSha, long] = blob("replicas: 3\n", "sha256");
      await store.blobs.put(new Map([blob("a\0b"), [emptySha, empty], [longSha, long]]));
      const got = await store.blobs.get([blob("a\0b")[0], emptySha, longSha, blob("absent")[0]]);
      expect(got.size).toBe(3);
      expect(text(got.get(blob("a\0b")[0]))).toBe("a\0b");
      expect(text(got.get(longSha))).toBe("replicas: 3\n");
      expect(got.get(emptySha)?.length).toBe(0);
    });

    test("bytes that their SHA does not name count as absent, until somebody puts the right ones", async () => {
      const [sha, bytes] = blob("right");
      await store.blobs.put(new Map([[sha, new TextEncoder().encode("wrong")]]));
      expect((await store.blobs.get([sha])).size).toBe(0);
      await store.blobs.put(new Map([[sha, bytes]]));
      expect(text((await store.blobs.get([sha])).get(sha))).toBe("right");
    });

    test("stays near its limit", async () => {
      const cache = blobCache(database.connect(), 1_000);
      for (let index = 0; index < 50; index++) await cache.put(new Map([blob(`${index}`.padStart(100, "x"))]));
      const { kept } = await database
        .connect()
        .db.selectFrom("blobs")
        .select((eb) => eb.fn.countAll<number>().as("kept"))
        .executeTakeFirstOrThrow();
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThanOrEqual(11);
    });
  });
}
