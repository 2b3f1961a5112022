import { afterEach, describe, expect, test } from "vitest";
import { GitHubFailure, type Session } from "../../../src/adapters/github/api.ts";
import { GitHubPublisher, show } from "../../../src/adapters/github/publisher.ts";
import type { Publication, Statement, Target } from "../../../src/app/ports.ts";
import type { CheckRun } from "../../../src/core/report/check-run.ts";
import { archiveCheckRuns } from "../../../src/sim/state/checks.ts";
import type { CheckRun as StandingRun } from "../../../src/sim/state/model.ts";
import { startWorld, type World } from "./world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

const reports = "POST /repos/{owner}/{repo}/check-runs";
const updates = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";

/** A pull request whose head bears the check. */
class Scene {
  readonly world: World;
  readonly target: Target;
  readonly publisher: GitHubPublisher;

  constructor(world: World, checkName = "sallyport") {
    worlds.push(world);
    this.world = world;
    const headSha = world.shop.commit("topic", { files: { "a.txt": "one\n" }, by: world.writer });
    this.target = { repository: world.at, headSha, checkName };
    this.publisher = new GitHubPublisher({
      apiFor: (installationId) => world.apiFor(installationId),
      clock: world.clock,
      appId: world.app.id,
      site: "https://github.com",
    });
  }

  /** Says a rendered report, as `publish` does for one that it rendered itself. Answers whether anything was written. */
  async say(wanted: CheckRun, reference = "pull/1/1@1"): Promise<boolean> {
    const { world, target } = this;
    const session: Session = {
      api: await world.apiFor(world.installationId),
      signal: AbortSignal.timeout(30_000),
      clock: world.clock,
    };
    return (await show(session, target, world.app.id, wanted, reference)).wrote;
  }

  async publish(statement: Statement, target = this.target, reference = "pull/1/1@2") {
    const publication: Publication = { installationId: this.world.installationId, target, statement, reference };
    return this.publisher.publish(publication, AbortSignal.timeout(30_000));
  }

  /** Runs on the head, oldest first, as `status conclusion title (annotations)`. */
  runs(): string[] {
    const outline = ({ status, conclusion, output, annotations }: StandingRun): string =>
      `${status} ${conclusion ?? "-"} ${output?.title ?? "-"} (${annotations.length})`;
    return this.world.shop.checkRuns(this.target.headSha).map(outline);
  }

  asked(route: string): number {
    return this.world.github.requests.count(route);
  }
}

async function scene(checkName?: string): Promise<Scene> {
  return new Scene(await startWorld(), checkName);
}

function report(conclusion: CheckRun["conclusion"], annotations = 0, title = "Report"): CheckRun {
  return {
    conclusion,
    title,
    summary: "Summary\n",
    text: "Text",
    annotations: Array.from({ length: annotations }, (_, index) => ({
      path: "a.txt",
      startLine: index + 1,
      endLine: index + 1,
      columns: index === 0 ? { start: 1, end: 3 } : null,
      level: "failure",
      title: "rule",
      message: `note ${index}`,
      details: index === 0 ? "patch" : null,
    })),
    omittedAnnotations: 0,
    buttons: [],
  };
}

const notEvaluated = (verdict: "hold" | "block"): Statement => ({
  kind: "not_evaluated",
  shared: { verdict, because: [] },
  mode: "enforce",
  attempts: 3,
});

describe("publishing", () => {
  test("makes a run with the name, the head, the reference and the report", async () => {
    const at = await scene("sallyport: release/1");
    expect(await at.publish(notEvaluated("hold"))).toMatchObject({ wrote: true });
    expect(at.runs()).toEqual(["completed action_required Hold: this change could not be evaluated (0)"]);
    expect(at.world.shop.checkRuns(at.target.headSha)).toMatchObject([
      { name: "sallyport: release/1", externalId: "pull/1/1@2", conclusion: "action_required" },
    ]);
  });

  test("what stands already sends nothing, under a later reference too", async () => {
    const at = await scene();
    const first = await at.publish(notEvaluated("hold"));
    at.world.github.requests.clear();
    expect(await at.publish(notEvaluated("hold"), at.target, "pull/1/1@9")).toEqual({ ...first, wrote: false });
    expect([at.asked(reports), at.asked(updates)]).toEqual([0, 0]);
  });

  test("follows a run that is over with a new one, and updates one that is not", async () => {
    const at = await scene();
    await at.say(report(null, 0, "Wait"));
    await at.say(report("success", 0, "Allow"));
    expect(at.runs()).toEqual(["completed success Allow (0)"]);
    await at.say(report(null, 0, "Wait again"));
    expect(at.runs()).toEqual(["completed success Allow (0)", "in_progress - Wait again (0)"]);
  });

  test("writes a difference in title, summary, text, verdict or number of annotations", async () => {
    const at = await scene();
    const base = report("failure", 1);
    expect(await at.say(base)).toBe(true);
    expect(await at.say(base)).toBe(false);
    expect(await at.say({ ...base, title: "Other" })).toBe(true);
    expect(await at.say({ ...base, summary: "Other" })).toBe(true);
    expect(await at.say({ ...base, text: "Other" })).toBe(true);
    expect(await at.say({ ...base, conclusion: "action_required" })).toBe(true);
    expect(await at.say({ ...base, annotations: [] })).toBe(true);
  });

  test("heeds the newest run of this app and name only", async () => {
    const at = await scene();
    const other = at.world.github.app({ slug: "other", permissions: { checks: "write" }, events: [] });
    other.install(at.world.acme.account);
    const output = { title: "Fine", summary: "x" };
    await at.publish(notEvaluated("hold"));
    other.checkRun(at.world.shop, at.target.headSha, { name: "sallyport", conclusion: "success", output });
    at.world.app.checkRun(at.world.shop, at.target.headSha, { name: "else", conclusion: "success", output });
    expect(await at.publish(notEvaluated("hold"))).toMatchObject({ wrote: false });
    at.world.app.checkRun(at.world.shop, at.target.headSha, { name: "sallyport", conclusion: "success", output });
    expect(await at.publish(notEvaluated("hold"))).toMatchObject({ wrote: true });
  });

  test("makes a run again that somebody asked for, and one that GitHub has archived", async () => {
    const at = await scene();
    const says = "completed action_required Hold: this change could not be evaluated (0)";
    await at.publish(notEvaluated("hold"));
    at.world.shop.rerequestSuite(at.world.app.state, at.target.headSha, at.world.reviewer);
    expect(await at.publish(notEvaluated("hold"))).toMatchObject({ wrote: true });
    expect(at.runs()).toEqual([says, says]);
    expect(await at.publish(notEvaluated("hold"))).toMatchObject({ wrote: false });
    archiveCheckRuns(at.world.shop.state, at.world.app.state, at.target.headSha);
    expect(at.runs()).toEqual([]);
    expect(await at.publish(notEvaluated("hold"))).toMatchObject({ wrote: true });
    expect(at.runs()).toEqual([says]);
  });

  test("puts a button below a run that is over, and none below one in progress", async () => {
    const at = await scene();
    const buttons = [{ label: "Again", description: "Look again", identifier: "again" }];
    await at.say({ ...report(null), buttons });
    expect(at.world.shop.checkRuns(at.target.headSha)).toMatchObject([{ status: "in_progress", actions: [] }]);
    await at.say({ ...report("failure", 60), buttons });
    expect(at.world.shop.checkRuns(at.target.headSha)).toMatchObject([{ status: "completed", actions: buttons }]);
  });

  test("that GitHub refuses is an error, and nothing turns green by it", async () => {
    const at = await scene();
    at.world.github.fail(reports, 403);
    await expect(at.publish(notEvaluated("hold"))).rejects.toBeInstanceOf(GitHubFailure);
    at.world.github.fail("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", 502);
    await expect(at.publish(notEvaluated("hold"))).rejects.toMatchObject({ status: 502 });
    const nowhere = { ...at.target, headSha: "0".repeat(40) };
    await expect(at.publish(notEvaluated("hold"), nowhere)).rejects.toMatchObject({ status: 422 });
    expect(at.runs()).toEqual([]);
  });
});

describe("annotations", () => {
  test("go out in batches of 50, and the verdict with the last of them", async () => {
    const at = await scene();
    const seen: (string | undefined)[] = [];
    const { apiFor } = at.world;
    const watched: World["apiFor"] = async (id) => {
      const api = await apiFor(id);
      api.hook.after("request", (response) => {
        if (response.url.includes("/check-runs") && !response.url.includes("/commits/")) seen.push(at.runs().at(-1));
      });
      return api;
    };
    Object.assign(at.world, { apiFor: watched });
    await at.say(report("success", 120));
    expect(seen).toEqual(["in_progress - Report (50)", "in_progress - Report (100)", "completed success Report (120)"]);
    const [run] = at.world.shop.checkRuns(at.target.headSha);
    expect(run?.annotations[0]).toEqual({
      path: "a.txt",
      start_line: 1,
      end_line: 1,
      start_column: 1,
      end_column: 3,
      annotation_level: "failure",
      title: "rule",
      message: "note 0",
      raw_details: "patch",
    });
    expect(new Set(run?.annotations.map(({ message }) => message)).size).toBe(120);
  });

  test("of which a batch fails leave a run in progress, which the next look follows with a whole one", async () => {
    const at = await scene();
    at.world.github.fail(updates, 502);
    await expect(at.say(report("success", 60))).rejects.toBeInstanceOf(GitHubFailure);
    expect(at.runs()).toEqual(["in_progress - Report (50)"]);
    expect(await at.say(report("success", 60))).toBe(true);
    expect(at.runs()).toEqual(["in_progress - Report (50)", "completed success Report (60)"]);
    expect(await at.say(report("success", 60))).toBe(false);
  });
});

describe("superseding", () => {
  const superseded: Statement = { kind: "superseded" };

  test("takes back a success, and a run in progress", async () => {
    const at = await scene();
    await at.say(report("success", 0, "Allow"));
    expect(await at.publish(superseded)).toMatchObject({ wrote: true });
    expect(at.runs()).toEqual(["completed success Allow (0)", "completed failure No longer current (0)"]);
    const other = await scene();
    await other.say(report(null, 0, "Wait"));
    await other.publish(superseded);
    expect(other.runs()).toEqual(["completed failure No longer current (0)"]);
  });

  test("leaves what lets nothing pass, writes nothing where nothing stands, and nothing twice", async () => {
    const at = await scene();
    expect(await at.publish(superseded)).toEqual({ runId: null, wrote: false });
    await at.say(report("action_required", 0, "Hold"));
    expect(await at.publish(superseded)).toMatchObject({ wrote: false });
    await at.say(report("success", 0, "Allow"));
    await at.publish(superseded);
    expect(await at.publish(superseded)).toMatchObject({ wrote: false });
  });

  test("is done where the repository has no such commit, and not where GitHub cannot tell", async () => {
    const at = await scene();
    const gone = { ...at.target, headSha: "0".repeat(40) };
    expect(await at.publish(superseded, gone)).toEqual({ runId: null, wrote: false });
    expect(await at.publish({ kind: "merge_group", evaluations: null }, gone)).toEqual({ runId: null, wrote: false });
    at.world.github.fail("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", 404);
    await expect(at.publish(superseded)).rejects.toMatchObject({ status: 404 });
  });
});

test("a merge group that cannot be evaluated gets a failure", async () => {
  const at = await scene();
  expect(await at.publish({ kind: "merge_group", evaluations: null })).toMatchObject({ wrote: true });
  expect(at.runs()).toEqual(["completed failure Block: this merge group could not be evaluated (0)"]);
});

test("the standing run is told by id and reference", async () => {
  const at = await scene();
  const standing = () => at.publisher.standing(at.world.installationId, at.target, AbortSignal.timeout(30_000));
  expect(await standing()).toBeNull();
  const { runId } = await at.publish(notEvaluated("hold"));
  expect(await standing()).toEqual({ runId, reference: "pull/1/1@2" });
});
