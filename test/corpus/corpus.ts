import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { ChangedFile, ChangeSet, FileVersion } from "../../src/core/change/change-set.ts";
import { sha256 } from "../../src/lib/digest.ts";

/** README.md beside the corpus has the meaning of every key. */
const pair = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)+$/u),
  path: z.string().min(1),
  safe: z.string().min(1),
  dangerous: z.string().min(1),
  around: z.record(z.string(), z.string()).default({}),
  reason: z.string().min(40),
  sources: z.array(z.url({ protocol: /^https$/u })),
  reported_as: z.array(z.string()).min(1),
  policy: z.string().optional(),
});
const file = z.strictObject({ hazard: z.string(), pairs: z.array(pair) });

export interface Pair extends z.output<typeof pair> {
  readonly hazard: string;
}

/** Every pair of the corpus, in the order of the files' names. Throws where one does not fit the form. */
export function corpus(): readonly Pair[] {
  const folder = new URL("values/", import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .toSorted()
    .flatMap((name) => {
      const { hazard, pairs } = file.parse(parse(readFileSync(new URL(name, folder), "utf8")));
      return pairs.map((one) => ({ ...one, hazard }));
    });
}

/** The pair as a change from the one text to the other, among the files around it. */
export function changeOf({ path, around }: Pair, before: string, after: string): ChangeSet {
  const files: ChangedFile[] = Object.entries(around).map(([name, text]) => {
    const stands = version(text);
    return { path: name, status: "unchanged", before: stands, after: stands };
  });
  files.push({ path, status: "modified", before: version(before), after: version(after) });
  return { files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) };
}

function version(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}
