import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Judged, summary } from "../../src/cli/backtest-summary.ts";
import { riskTiers } from "../../src/core/evaluate/risk.ts";
import { verdicts } from "../../src/core/evaluate/verdict.ts";
import { acmeInfra, sallyport } from "./run.ts";

const repo = acmeInfra();
const sha = (name: string): string => repo.git("rev-parse", name);
beforeAll(() => {
  repo.write(".git/list.jsonl", `{"repo":"acme/infra","sha":"${sha("memory")}"}\r\n\n${sha("readme")}\n`);
});
afterAll(() => repo.remove());

const backtest = (...args: readonly string[]) => sallyport(repo.root, ["backtest", ...args]);

/** The whole of a line: whoever reads them by program may rely on it. */
const line = z.strictObject({
  commit: z.string(),
  verdict: z.enum(verdicts),
  risk: z.enum(riskTiers),
  findings: z.array(z.strictObject({ rule: z.string(), level: z.string(), at: z.string(), message: z.string() })),
  gaps: z.array(z.strictObject({ id: z.string(), level: z.string(), reason: z.string() })),
  missing: z.array(z.string()),
  ms: z.number().positive(),
});

test("each commit of a list is one line of JSON in the order of the list, and the summary is beside it", async () => {
  const { code, out, err } = await backtest("--commits", ".git/list.jsonl");
  const lines = out.trimEnd().split("\n");
  const judged = lines.map((text) => line.parse(JSON.parse(text)));
  expect(code).toBe(0);
  expect(judged.map(({ commit, verdict, risk }) => [commit, verdict, risk])).toEqual([
    [sha("memory"), "block", "high"],
    [sha("readme"), "hold", "low"],
  ]);
  const found = judged.map(({ findings }) => findings.map(({ rule, level, at }) => [rule, level, at]));
  expect(found).toEqual([[["k8s-memory-over-capacity", "block", "k8s/staging/search/deployment.yaml:24"]], []]);
  expect(judged[1]?.missing, "what holds a change without a finding").toHaveLength(1);
  expect(err).toContain("2 commits judged, 0 failed.\nallow 0, wait 0, hold 1, block 1\n");
  expect(err, "no progress bar where nobody watches").not.toContain("█");
});

test("a range is judged oldest first, with the same lines but for the milliseconds", async () => {
  const run = async () =>
    (await backtest("--range", "main..memory", "--as", "person-a")).out.replaceAll(/"ms":[\d.]+/g, "");
  const [first, second] = await Promise.all([run(), run()]);
  expect(first).toBe(second);
  expect(first).toMatch(new RegExp(`^\\{"commit":"${sha("memory")}","verdict":"hold"`));
});

test("the summary counts verdicts, and commits and times for each rule, the most frequent first", () => {
  const finding = (rule: string) => ({ rule, level: "block", at: "a:1", message: "" }) as const;
  const one = (ms: number, overrides: Partial<Judged> = {}): Judged => {
    const nothing = { findings: [], gaps: [], missing: [] };
    return { commit: "c", verdict: "hold", risk: "low", ms, ...nothing, ...overrides };
  };
  const judged = [
    one(30, { verdict: "block", findings: [finding("rare"), finding("rare"), finding("rare"), finding("often")] }),
    one(10, { findings: [finding("often")] }),
    one(20),
    one(40, { gaps: [{ id: "unread:a.yml", level: "hold", reason: "" }] }),
  ];
  expect(summary(judged, 1).trimEnd().split("\n")).toEqual([
    "4 commits judged, 1 failed.",
    "allow 0, wait 0, hold 3, block 1",
    "Held for approvals alone, without a finding or a gap: 1",
    "Milliseconds a commit: median 20, 95th percentile 40, longest 40",
    "Rules that fired most:",
    "  2 commits, 2 times  often (block)",
    "  1 commit, 3 times  rare (block)",
    "Gaps:",
    "  1 commit, 1 time  unread (hold)",
  ]);
});
