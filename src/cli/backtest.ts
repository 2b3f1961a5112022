import type { Command } from "commander";
import type { Evaluation } from "../core/evaluate/evaluation.ts";
import { exitCodes, type Io } from "./io.ts";
import { openerOption } from "./opener.ts";
import { type LocalPort, type PastCommits, WrongRequest } from "./ports.ts";
import { type Judged, summary } from "./backtest-summary.ts";

interface Options {
  readonly repo: string;
  readonly range?: string;
  readonly commits?: string;
  readonly policy?: string;
  readonly as: string;
}

/** `sallyport backtest`. */
export function register(program: Command, io: Io, local: LocalPort): void {
  program
    .command("backtest")
    .description(
      "Judge past commits, each against its first parent, as if an agent had opened them. One JSON line a commit.",
    )
    .option("--repo <path>", "a folder inside the repository, or a bare repository", ".")
    .option("--range <A..B>", "the commits of a range, oldest first")
    .option("--commits <file>", "the commits that a file lists: a SHA a line, or JSON lines with a `sha`")
    .option("--policy <file>", "a policy file for all of them (default: the one in each parent)")
    .addOption(openerOption("who opens them: copilot, or any login"))
    .addHelpText("after", "\nExit codes: 0 every commit was judged, 64 wrong usage, 70 a commit could not be judged.")
    .action(async (options: Options) => io.exitWith(await backtest(options, io, local)));
}

async function backtest(options: Options, io: Io, local: LocalPort): Promise<number> {
  if ((options.range === undefined) === (options.commits === undefined))
    throw new WrongRequest("Say which commits: either --range A..B or --commits FILE.");
  const history = await local.openHistory(options.repo, options.policy ?? null, options.as);
  try {
    const commits =
      options.commits === undefined
        ? await history.list(options.range ?? "")
        : listed(await local.readText(options.commits), options.commits);
    const judged: Judged[] = [];
    let failed = 0;
    for (const [index, commit] of commits.entries()) {
      const one = await judge(commit, history, local);
      io.progress(null);
      io.out(`${JSON.stringify(one)}\n`);
      if ("failed" in one) failed += 1;
      else judged.push(one);
      io.progress(bar(index + 1, commits.length));
    }
    io.progress(null);
    io.err(summary(judged, failed));
    return failed === 0 ? exitCodes.ok : exitCodes.failure;
  } finally {
    history.close();
  }
}

/** One commit that cannot be judged must not end a run over thousands; it is told, counted, and fails the run. */
async function judge(
  commit: string,
  history: PastCommits,
  local: LocalPort,
): Promise<Judged | { readonly commit: string; readonly failed: string }> {
  const startMs = local.elapsedMs();
  try {
    const evaluation = await history.judge(commit);
    return judgedLine(commit, evaluation, Math.round((local.elapsedMs() - startMs) * 10) / 10);
  } catch (error) {
    return { commit, failed: error instanceof Error ? error.message : String(error) };
  }
}

function judgedLine(commit: string, evaluation: Evaluation, ms: number): Judged {
  return {
    commit,
    verdict: evaluation.verdict,
    risk: evaluation.risk.tier,
    findings: evaluation.findings.map(({ rule, level, place, message }) => ({
      rule,
      level,
      at: `${place.path}:${place.line}`,
      message,
    })),
    gaps: evaluation.gaps.map(({ id, level, reason }) => ({ id, level, reason })),
    missing: evaluation.requirements.filter(({ state }) => state.kind !== "met").map(({ id }) => id),
    ms,
  };
}

function listed(text: string, file: string): readonly string[] {
  const commits = text.split("\n").flatMap((line, index) => {
    const said = line.trim();
    if (said === "") return [];
    const sha = said.startsWith("{") ? shaIn(said) : said;
    if (sha !== null && /^[0-9a-f]{7,64}$/u.test(sha)) return [sha];
    throw new WrongRequest(`Cannot read ${file}:${index + 1}: write a SHA a line, or a JSON object with a \`sha\`.`);
  });
  if (commits.length === 0) throw new WrongRequest(`Cannot judge the commits of ${file}: it lists none.`);
  return commits;
}

function shaIn(line: string): string | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "sha" in value && typeof value.sha === "string"
      ? value.sha
      : null;
  } catch {
    // Not JSON: the caller names file and line.
    return null;
  }
}

function bar(done: number, all: number): string {
  const width = 30;
  const filled = Math.round((done / all) * width);
  return `${"█".repeat(filled)}${"░".repeat(width - filled)} ${done} of ${all} commits`;
}
