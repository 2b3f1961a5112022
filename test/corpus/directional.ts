import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

/** README.md beside the corpus has the meaning of every key. */
const pair = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)+$/u),
  change: z.string().min(1),
  reports: z.array(z.string()).default([]),
  backwards: z.array(z.string()).default([]),
});
export type Directional = z.output<typeof pair>;

/** Every pair of a folder of the corpus whose pairs are changes. Throws where one does not fit the form. */
export function directional(name: string): readonly Directional[] {
  const folder = new URL(`${name}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yml"))
    .toSorted()
    .flatMap((file) => z.array(pair).parse(parse(readFileSync(new URL(file, folder), "utf8"))));
}
