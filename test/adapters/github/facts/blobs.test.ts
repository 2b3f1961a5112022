import { expect, test } from "vitest";
import type { Api, Session } from "../../../../src/adapters/github/api.ts";
import { blobId, readContents } from "../../../../src/adapters/github/facts/blobs.ts";
import type { BlobCache } from "../../../../src/app/ports.ts";
import type { TreeEntry } from "../../../../src/core/change/build.ts";

const repository = { id: 1, owner: "acme", name: "shop" };

/** A GitHub that gives each blob of `texts` by GraphQL and each of `bytes` by REST, whatever their SHAs say. */
class Blobs {
  readonly queries: number[] = [];
  readonly single: string[] = [];
  readonly session: Session;

  constructor(texts: ReadonlyMap<string, string>, bytes: ReadonlyMap<string, Buffer> = new Map()) {
    const graphql = async (query: string): Promise<unknown> => {
      const asked = [...query.matchAll(/(b\d+): object\(oid: "([0-9a-f]+)"\)/g)];
      this.queries.push(asked.length);
      return {
        repository: Object.fromEntries(
          asked.map(([, alias = "", sha = ""]) => [alias, texts.has(sha) ? { text: texts.get(sha) } : null]),
        ),
      };
    };
    const request = async (_: string, { file_sha: sha }: { readonly file_sha: string }): Promise<unknown> => {
      this.single.push(sha);
      const found = bytes.get(sha);
      if (found === undefined) throw Object.assign(new Error("Not Found"), { status: 404 });
      return { data: { sha, encoding: "base64", content: found.toString("base64") }, headers: {} };
    };
    const api = { graphql, request } as unknown as Api;
    this.session = { api, signal: new AbortController().signal, clock: { now: () => 0, monotonicMs: () => 0 } };
  }
}

class Cache implements BlobCache {
  readonly kept = new Map<string, Uint8Array>();
  async get(shas: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return new Map([...this.kept].filter(([sha]) => shas.includes(sha)));
  }
  async put(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const [sha, bytes] of blobs) this.kept.set(sha, bytes);
  }
}

function file(text: string): TreeEntry {
  return { mode: "100644", sha: blobId(Buffer.from(text), 40) };
}

test("texts come a hundred at a time and fewer where they are large; the cache answers the second time", async () => {
  const texts = new Map(Array.from({ length: 250 }, (_, index) => [file(`${index}`).sha, `${index}`]));
  const entries = [...texts.keys()].map((sha): TreeEntry => ({ mode: "100644", sha }));
  const cache = new Cache();
  const github = new Blobs(texts);
  const contentOf = await readContents(github.session, repository, cache, entries, new Map());
  expect(contentOf(file("249"))).toEqual({ kind: "text", text: "249" });
  await readContents(github.session, repository, cache, entries, new Map());
  expect(github.queries).toEqual([100, 100, 50]);

  const large = new Blobs(texts);
  const sizes = new Map(entries.map(({ sha }) => [sha, 1024 * 1024]));
  await readContents(large.session, repository, new Cache(), entries.slice(0, 6), sizes);
  expect(large.queries).toEqual([4, 2]);
});

test("bytes that are not what the SHA names are unread and never cached", async () => {
  const entry = file("true");
  const cache = new Cache();
  const github = new Blobs(new Map([[entry.sha, "forged"]]), new Map([[entry.sha, Buffer.from("forged too")]]));
  const contentOf = await readContents(github.session, repository, cache, [entry], new Map());
  expect(contentOf(entry)).toEqual({ kind: "unread", reason: "what GitHub gave is not what its SHA names" });
  expect(cache.kept.size).toBe(0);
});

test("a text that lost bytes on the way is read again from the blob", async () => {
  const bytes = Buffer.from([0x61, 0xe9]);
  const sha = blobId(bytes, 40);
  const github = new Blobs(new Map([[sha, "a\uFFFD"]]), new Map([[sha, bytes]]));
  const cache = new Cache();
  const contentOf = await readContents(github.session, repository, cache, [{ mode: "100644", sha }], new Map());
  expect(contentOf({ mode: "100644", sha })).toEqual({ kind: "unread", reason: "not valid UTF-8" });
  expect(Buffer.from(cache.kept.get(sha) ?? []).equals(bytes)).toBe(true);
});

test("a blob that GitHub does not find is unread, not empty", async () => {
  const contentOf = await readContents(new Blobs(new Map()).session, repository, new Cache(), [file("x")], new Map());
  expect(contentOf(file("x"))).toEqual({ kind: "unread", reason: "GitHub does not find it" });
});

test("a blob over the limit is not asked for", async () => {
  const github = new Blobs(new Map());
  const size = 1024 * 1024 + 1;
  const contentOf = await readContents(
    github.session,
    repository,
    new Cache(),
    [file("x")],
    new Map([[file("x").sha, size]]),
  );
  expect(contentOf(file("x"))).toEqual({ kind: "unread", reason: `larger than 1 MiB (${size} bytes)` });
  expect([github.queries, github.single]).toEqual([[], []]);
});

test("files beyond the number that one look reads are unread", async () => {
  const texts = new Map(Array.from({ length: 5_001 }, (_, index) => [file(`${index}`).sha, `${index}`]));
  const entries = [...texts.keys()].map((sha): TreeEntry => ({ mode: "100644", sha }));
  const contentOf = await readContents(new Blobs(texts).session, repository, new Cache(), entries, new Map());
  expect(contentOf(file("4999"))).toEqual({ kind: "text", text: "4999" });
  expect(contentOf(file("5000"))).toEqual({ kind: "unread", reason: "beyond the 5000 files that one look reads" });
});
