import { parseArgs } from "node:util";
import { permissionObservations } from "../src/core/iam/aws/observations.ts";
import { buildViews } from "../src/core/views/views.ts";
import { changed, labelledPairs, loadTools, reordered } from "./labelled-pairs.ts";

/**
 * Judges labelled permissions of AWS as changes: from the good version to the bad one, back, and the bad one with its blocks in another
 * order. `node scripts/labelled-iam.ts FOLDER [--show]`, where FOLDER holds pairs.jsonl, trivy-checks and checkov.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { show: { type: "boolean", default: false } },
});
const root = positionals[0] ?? "";
if (root === "") throw new Error("Cannot judge labelled files: name the folder that holds pairs.jsonl.");
const tools = await loadTools();
const everywhere = () => ({ targets: ["production"], unresolved: false });

/** What is said of a change of one file; `asks`: nothing of it blocks. */
function said(path: string, before: string, after: string): readonly string[] {
  const { views, gaps } = buildViews(changed(path, before, after), tools);
  const seen = permissionObservations(views.iam, everywhere).map((one) => {
    if (!("message" in one)) return `cannot prove: ${one.undecided}`;
    return `${one.asks === true ? "asks" : "blocks"}: ${one.message}`;
  });
  return [...seen, ...gaps.map(({ reason }) => `gap: ${reason}`)];
}

/** Labelled as wildcards, and about something else: names of certificates, roles of Kubernetes. */
const others = /^CKV2_AWS_71|^CKV_K8S/u;
const pairs = labelledPairs(root, tools).filter(({ topic, name }) => topic.includes("iam") && !others.test(name));

const table = new Map<
  string,
  { pairs: number; blocks: number; asks: number; unproved: number; back: number; order: number }
>();
for (const pair of pairs) {
  const { rule, topic, name, path, good, bad } = pair;
  const key = `${topic} ${rule}`;
  const counts = table.get(key) ?? { pairs: 0, blocks: 0, asks: 0, unproved: 0, back: 0, order: 0 };
  table.set(key, counts);
  const [there, back, order] = [said(path, good, bad), said(path, bad, good), said(path, bad, reordered(pair, tools))];
  counts.pairs++;
  if (there.some((one) => one.startsWith("blocks"))) counts.blocks++;
  else if (there.some((one) => one.startsWith("asks"))) counts.asks++;
  else if (there.length > 0) counts.unproved++;
  if (back.length === 0) counts.back++;
  if (order.length === 0) counts.order++;
  if (!values.show) continue;
  const tell = (what: string, lines: readonly string[]): void =>
    void process.stdout.write(`${what}  ${name}\n${lines.map((one) => `    ${one}\n`).join("")}`);
  if (there.length === 0) tell("missed   ", there);
  if (back.length > 0) tell("backwards", back);
  if (order.length > 0) tell("reordered", order);
}
process.stdout.write("| rule | pairs | blocks | asks | cannot prove | bad → good silent | reordered silent |\n");
for (const [key, { pairs: all, blocks, asks, unproved, back, order }] of [...table].toSorted(([a], [b]) =>
  a < b ? -1 : 1,
))
  process.stdout.write(`| ${key} | ${all} | ${blocks} | ${asks} | ${unproved} | ${back} | ${order} |\n`);
