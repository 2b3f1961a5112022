import { parseArgs } from "node:util";
import { ofCheckov, ofTrivy, reordered, said } from "./labelled-terraform.ts";

/**
 * Judges labelled Terraform as changes: from the good version to the bad one, back, and the bad one with its blocks in another order.
 * `node scripts/labelled.ts FOLDER [--topic NAME] [--show]`, where FOLDER holds pairs.jsonl, trivy-checks and checkov.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { topic: { type: "string" }, show: { type: "boolean", default: false } },
});
const root = positionals[0] ?? "";
if (root === "") throw new Error("Cannot judge labelled files: name the folder that holds pairs.jsonl.");
const every = (): boolean => true;

const table = new Map<string, { pairs: number; reported: number; gap: number; back: number; order: number }>();
for (const { topic, name, good, bad } of [...ofTrivy(root), ...ofCheckov(root)]) {
  if (values.topic !== undefined && !topic.includes(values.topic)) continue;
  const counts = table.get(topic) ?? { pairs: 0, reported: 0, gap: 0, back: 0, order: 0 };
  table.set(topic, counts);
  const [there, back, order] = [said(good, bad, every), said(bad, good, every), said(bad, reordered(bad), every)];
  counts.pairs++;
  if (there.findings.length > 0) counts.reported++;
  else if (there.gaps.length > 0) counts.gap++;
  if (back.findings.length + back.gaps.length === 0) counts.back++;
  if (order.findings.length + order.gaps.length === 0) counts.order++;
  if (!values.show) continue;
  const tell = (what: string, { findings, gaps }: ReturnType<typeof said>): void => {
    process.stdout.write(`${what}  ${topic}  ${name}\n${[...findings, ...gaps].map((one) => `    ${one}\n`).join("")}`);
  };
  if (there.findings.length === 0) tell("missed   ", there);
  if (back.findings.length + back.gaps.length > 0) tell("backwards", back);
  if (order.findings.length + order.gaps.length > 0) tell("reordered", order);
}
process.stdout.write("| topic | pairs | good → bad reported | as a gap | bad → good silent | reordered silent |\n");
for (const [topic, { pairs, reported, gap, back, order }] of [...table].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  process.stdout.write(`| ${topic} | ${pairs} | ${reported} | ${gap} | ${back} | ${order} |\n`);
