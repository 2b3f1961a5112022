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

/**
 * Waits until the newest check run of a head is judged, and is as it is wanted, asking GitHub as anybody would. Throws when it does not
 * come.
 */
export async function awaitCheckRun(
  { number, headSha }: Opened,
  stage: Stage,
  wanted: (arrived: Arrived) => boolean = () => true,
): Promise<Arrived> {
  const { checks } = clientOf(stage, stage.github.userToken(stage.invoker)).rest;
  const until = performance.now() + patienceMs;
  let seen = "none";
  while (performance.now() < until) {
    const { data } = await checks.listForRef({ owner: "acme", repo: "infra", ref: headSha, check_name: "sallyport" });
    const latest = data.check_runs.toSorted((a, b) => b.id - a.id)[0];
    if (latest !== undefined) {
      const { title, summary, text } = latest.output;
      const report = `${summary ?? ""}\n\n${text ?? ""}`;
      const verdict = agentBlockOf(report);
      if (verdict !== null) {
        const arrived = { conclusion: latest.conclusion, title: title ?? "", report, verdict };
        if (wanted(arrived)) return arrived;
      }
      seen = `${latest.status} "${title ?? ""}"`;
    }
    await pause(100);
  }
  throw new Error(
    `The check run of #${number} did not come as it was wanted within ${patienceMs / 1000} s; it is ${seen}.`,
  );
}

/** The JSON that an agent finds in the report; null while there is none. */
function agentBlockOf(report: string): VerdictDocument | null {
  const block = /```json\n(?<json>[\s\S]*?)\n```/u.exec(report)?.groups?.["json"];
  return block === undefined ? null : verdictSchema.parse(JSON.parse(block));
}
