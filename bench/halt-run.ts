// `npm run bench:halt`: how long a halt takes over many open pull requests, with GitHub's limits simulated. `--json` for programs.
import { parseArgs } from "node:util";
import { drill, type Drilled } from "./halt.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    pulls: { type: "string", default: "1000" },
    armed: { type: "string", default: "10" },
    latency: { type: "string", default: "200" },
    judged: { type: "boolean", default: false },
  },
});
const given = {
  pulls: Number(values.pulls),
  armed: Number(values.armed),
  latencyMs: Number(values.latency),
  atOnce: 8,
};
const results: Drilled[] = [];
for (const how of ["in place", "new runs"] as const) {
  results.push(await drill({ ...given, how, untilJudged: values.judged && how === "in place" }));
}
if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
else for (const result of results) process.stdout.write(`${told(result)}\n`);

function told({ pulls, how, firstRedMs, halfRedMs, allRedMs, allJudgedMs, stillGreen, refused }: Drilled): string {
  const s = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  const judged = allJudgedMs === null ? "" : `, every report in full after ${s(allJudgedMs)}`;
  return [
    `halt over ${pulls} open green pull requests, ${how}: the first red after ${s(firstRedMs)}, half after ${s(halfRedMs)}, nothing can merge after ${s(allRedMs)}${judged}; ${refused} requests refused`,
    `  still green, each minute: ${stillGreen.join(", ")}`,
  ].join("\n");
}
