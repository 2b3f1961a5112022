import { createHash } from "node:crypto";
import { z } from "zod";
import type { BlobCache } from "../../../app/ports.ts";
import type { TreeEntry } from "../../../core/change/build.ts";
import type { Content } from "../../../core/change/change-set.ts";
import { contentLimitBytes, decode, tooLarge } from "../../../core/change/content.ts";
import type { Repository } from "../../../core/subject.ts";
import { askGraphql, askOrNull, type Session } from "../api.ts";
import { sha } from "../shapes.ts";

/** More files are not read in one look; they are `unread`, and whatever claims them asks for people. */
const blobsLimit = 5_000;
const blobsPerQuery = 100;
/** GitHub gives a query ten seconds. */
const bytesPerQuery = 4 * 1024 * 1024;

/** Bytes by blob, and why the others could not be read; of those that are too large there is neither. */
export interface Read {
  readonly bytes: Map<string, Uint8Array>;
  readonly unread: Map<string, string>;
}

/**
 * What stands in the blobs of `entries`, the first ones first: from the cache, else from GitHub, verified by SHA. `sizes` are bytes
 * by blob as the listing gave them.
 */
export async function readContents(
  session: Session,
  repository: Repository,
  cache: BlobCache,
  entries: readonly TreeEntry[],
  sizes: ReadonlyMap<string, number>,
): Promise<(entry: TreeEntry) => Content> {
  const blobs = [...new Set(entries.filter(({ mode }) => mode !== "160000").map((entry) => entry.sha))];
  const read = await readBlobs(session, repository, cache, blobs, sizes);
  return (entry) => contentOf(entry, read, sizes);
}

/** The bytes of blobs, the first ones first, each read once: from the cache, else from GitHub, verified by SHA. */
export async function readBlobs(
  session: Session,
  repository: Repository,
  cache: BlobCache,
  blobs: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Promise<Read> {
  const wanted = blobs.filter((blob) => (sizes.get(blob) ?? 0) <= contentLimitBytes);
  const known = await cache.get(wanted.slice(0, blobsLimit));
  const read: Read = { bytes: new Map(known), unread: new Map() };
  const fresh = await fetchBlobs(
    session,
    repository,
    wanted.slice(0, blobsLimit).filter((blob) => !known.has(blob)),
    sizes,
  );
  for (const [blob, bytes] of fresh.bytes) read.bytes.set(blob, bytes);
  for (const [blob, reason] of fresh.unread) read.unread.set(blob, reason);
  for (const blob of wanted.slice(blobsLimit))
    read.unread.set(blob, `beyond the ${blobsLimit} files that one look reads`);
  if (fresh.bytes.size > 0) await cache.put(fresh.bytes);
  return read;
}

function contentOf(
  { mode, sha: blob }: TreeEntry,
  { bytes, unread }: Read,
  sizes: ReadonlyMap<string, number>,
): Content {
  if (mode === "160000") return { kind: "submodule" };
  const size = sizes.get(blob) ?? 0;
  if (size > contentLimitBytes) return tooLarge(size);
  const found = bytes.get(blob);
  if (found !== undefined) return decode(found, mode);
  return { kind: "unread", reason: unread.get(blob) ?? "it was not asked for" };
}

/** GraphQL gives a hundred texts at once; what it cannot give as text is asked for one by one. */
async function fetchBlobs(
  session: Session,
  repository: Repository,
  blobs: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Promise<Read> {
  const read: Read = { bytes: new Map(), unread: new Map() };
  for (const batch of batches(blobs, sizes)) {
    const texts = await fetchTexts(session, repository, batch);
    await Promise.all(
      batch.map(async (blob) => {
        const text = texts.get(blob);
        const bytes = text === undefined ? await fetchBlob(session, repository, blob) : Buffer.from(text, "utf8");
        if (bytes === null) read.unread.set(blob, "GitHub does not find it");
        else if (blobId(bytes, blob.length) !== blob)
          read.unread.set(blob, "what GitHub gave is not what its SHA names");
        else read.bytes.set(blob, bytes);
      }),
    );
  }
  return read;
}

function batches(blobs: readonly string[], sizes: ReadonlyMap<string, number>): readonly (readonly string[])[] {
  const all: string[][] = [];
  let current: string[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    const size = sizes.get(blob) ?? 0;
    if (current.length === blobsPerQuery || (current.length > 0 && bytes + size > bytesPerQuery)) {
      all.push(current);
      current = [];
      bytes = 0;
    }
    current.push(blob);
    bytes += size;
  }
  return current.length === 0 ? all : [...all, current];
}

const blobShape = z.looseObject({ text: z.string().nullish() });
const textsShape = z.looseObject({ repository: z.record(z.string(), blobShape.nullable()) });

/** The texts that survived the journey: binary files have none, and long or broken ones are not what their SHA names. */
async function fetchTexts(
  session: Session,
  { owner, name }: Repository,
  blobs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const fields = blobs.map((blob, index) => `b${index}: object(oid: "${blob}") { ...blob }`).join("\n");
  const query = `query Blobs($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields} } }
fragment blob on Blob { text }`;
  const { repository } = await askGraphql(session, query, { owner, name }, textsShape);
  const texts = new Map<string, string>();
  for (const [index, blob] of blobs.entries()) {
    const text = repository[`b${index}`]?.text;
    if (typeof text === "string" && blobId(Buffer.from(text, "utf8"), blob.length) === blob) texts.set(blob, text);
  }
  return texts;
}

const base64Blob = z.looseObject({ sha, encoding: z.literal("base64"), content: z.string() });

/** Null: there is no such blob. */
async function fetchBlob(
  session: Session,
  { owner, name: repo }: Repository,
  blob: string,
): Promise<Uint8Array | null> {
  const route = "GET /repos/{owner}/{repo}/git/blobs/{file_sha}";
  const found = await askOrNull(session, route, { owner, repo, file_sha: blob }, base64Blob);
  return found === null ? null : Buffer.from(found.content, "base64");
}

/** Git's id of a blob: SHA-1, or SHA-256 where ids have 64 digits. */
export function blobId(bytes: Uint8Array, idLength: number): string {
  const hash = createHash(idLength === 64 ? "sha256" : "sha1");
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
