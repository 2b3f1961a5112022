import { setTimeout as pause } from "node:timers/promises";
import { verdictSchema, type VerdictDocument } from "../../core/report/verdict-schema.ts";
import { clientOf, type Opened } from "./agent.ts";
import type { Stage } from "./stage.ts";

/** The check run that arrived, as its readers get it: people the report, agents the JSON block in it. */
export interface Arrived {
  readonly conclusion: string | null;
  readonly title: string;
  /** Markdown. */
  readonly report: string;
  readonly verdict: VerdictDocument;
}

const patienceMs = 60_000;

/** Waits for the check run of a head, asking GitHub as anybody would. Throws when it does not come. */
export async function awaitCheckRun({ headSha }: Opened, stage: Stage): Promise<Arrived> {
  const { checks } = clientOf(stage, stage.github.userToken(stage.invoker)).rest;
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const { data } = await checks.listForRef({ owner: "acme", repo: "infra", ref: headSha, check_name: "sallyport" });
    const latest = data.check_runs.toSorted((a, b) => b.id - a.id)[0];
    if (latest?.status === "completed") {
      const { title, summary, text } = latest.output;
      const report = `${summary ?? ""}\n\n${text ?? ""}`;
      return { conclusion: latest.conclusion, title: title ?? "", report, verdict: agentBlockOf(report) };
    }
    await pause(100);
  }
  throw new Error(`No check run came for ${headSha} within ${patienceMs / 1000} s.`);
}

/** The JSON that an agent finds in the report. */
function agentBlockOf(report: string): VerdictDocument {
  const block = /```json\n(?<json>[\s\S]*?)\n```/u.exec(report)?.groups?.["json"];
  if (block === undefined) throw new Error("The report has no JSON block for agents.");
  return verdictSchema.parse(JSON.parse(block));
}
