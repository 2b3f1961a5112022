import { z } from "zod";
import { byteLength, count } from "../../lib/text.ts";
import { explain, type Mistake } from "../policy/explain.ts";
import { placed } from "../policy/parse.ts";
import { kinds } from "../policy/schema.ts";
import type { Entry } from "../policy/schema/key.ts";
import { name, pattern } from "../policy/schema/values.ts";
import { type Located, readYaml } from "../policy/yaml.ts";
import { type Block, blocksNamed } from "./blocks.ts";
import { type DeclaredPlan, inOrder, marksOf, marksOfText, type Plan } from "./plan.ts";

/** The first word after the fence of a plan. */
export const planBlock = "sallyport-plan";
const blockLimitBytes = 4_096;
const mistakesTold = 5;
const begin = "write `paths:` and what it touches";

const entriesOf = <T extends string>(entry: z.ZodType<T>, none = "needs at least one entry, or is left out") =>
  z.array(entry).min(1, none);

/** What a plan holds. Everything but `paths` may be left out, and is not bounded then. */
export const planSchema = z.strictObject({
  paths: entriesOf(pattern, "needs at least one entry").describe(
    "Patterns of the paths that the change touches; they match exactly.",
  ),
  environments: entriesOf(name).optional().describe("Environments that it reaches."),
  services: entriesOf(name).optional().describe("Services that it reaches."),
  kinds: entriesOf(z.enum(kinds)).optional().describe("Kinds of change, as areas of the policy name them."),
  summary: z.string().optional().describe("What it is for, in words; compared with nothing."),
});

/** Reads the plan that a pull request's description declares. Never throws on a text. */
export function readPlan(description: string): DeclaredPlan {
  const blocks = blocksNamed(planBlock, description);
  const [block, ...others] = blocks;
  if (block === undefined) return { kind: "none" };
  if (others.length > 0)
    return unreadable(blocks, [`there are ${count(blocks.length, "block")} of it; keep one, so that one plan holds`]);
  if (!block.closed) return unreadable(blocks, ["the block is not closed; end it with a fence of its own"]);
  if (byteLength(block.text) > blockLimitBytes)
    return unreadable(blocks, [`the block is over ${blockLimitBytes / 1024} KiB; write patterns instead of paths`]);
  if (block.text.trim() === "") return unreadable(blocks, [`the block is empty; ${begin}`]);
  return readBlock(block);
}

function readBlock(block: Block): DeclaredPlan {
  const read = readYaml(block.text, begin);
  if (!read.ok) return unreadable([block], read.mistakes.map(clause));
  const { located } = read;
  const parsed = planSchema.safeParse(located.value);
  if (!parsed.success) return unreadable([block], mistakesIn(parsed.error, located));
  const { paths, environments, services, kinds: declared, summary } = parsed.data;
  const plan: Plan = {
    paths: inOrder(paths),
    environments: environments === undefined ? null : inOrder(environments),
    services: services === undefined ? null : inOrder(services),
    kinds: declared === undefined ? null : inOrder(declared),
  };
  return { kind: "declared", plan, marks: marksOf(plan), summary: summary ?? null };
}

/** For the words of mistakes: the names of the keys, so that one that is misspelt is met with the right one. */
const leaf: Entry = { enforced: true, says: "", type: "", joinName: "", today: undefined, below: null };
const entry: Entry = {
  ...leaf,
  below: { kind: "group", keys: Object.fromEntries(Object.keys(planSchema.shape).map((key) => [key, leaf])) },
};

function mistakesIn(error: z.ZodError, located: Located): readonly string[] {
  const found = error.issues.flatMap((issue): readonly Mistake[] => explain(issue, located.value, entry));
  return placed(found, planBlock, located).map(clause);
}

function clause(mistake: { readonly line: number; readonly message: string; readonly remedy: string | null }): string {
  const { line, message, remedy } = mistake;
  return `line ${line} of the block: ${message}${remedy === null ? "" : `; ${remedy}`}`;
}

function unreadable(blocks: readonly Block[], mistakes: readonly string[]): DeclaredPlan {
  const more = mistakes.length > mistakesTold ? [`${mistakes.length - mistakesTold} more`] : [];
  const marks = marksOfText(JSON.stringify(blocks.map(({ text }) => text)));
  return { kind: "unreadable", mistakes: [...mistakes.slice(0, mistakesTold), ...more], marks };
}
