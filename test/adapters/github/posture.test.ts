import { afterEach, describe, expect, test } from "vitest";
import type { Api } from "../../../src/adapters/github/api.ts";
import { GitHubPosture } from "../../../src/adapters/github/posture.ts";
import { RetryLater } from "../../../src/app/ports.ts";
import { type Posture, standingOf } from "../../../src/core/posture/posture.ts";
import { startWorld, type World } from "./world.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.github.stop();
});

async function started(): Promise<World> {
  const world = await startWorld();
  worlds.push(world);
  return world;
}

function source({ apiFor, clock, app }: World): GitHubPosture {
  return new GitHubPosture({ apiFor: (installationId) => apiFor(installationId), clock, appId: app.id });
}

async function read(world: World, from = source(world), branch = "main"): Promise<Posture> {
  const { installationId, at: repository } = world;
  const isDefault = branch === "main";
  return from.read({ installationId, repository, branch, isDefault }, AbortSignal.timeout(30_000));
}

describe("the rules of a branch", () => {
  test("that nothing protects require nothing, and nothing was left unread", async () => {
    expect(await read(await started())).toMatchObject({
      requiring: [],
      unread: [],
      deletionForbidden: false,
      forcePushForbidden: false,
    });
  });

  test.each(["ruleset", "classic"] as const)("that a %s pins to this app are seen as such", async (kind) => {
    const world = await started();
    world.shop.protect({ kind, requiredChecks: [{ context: "sallyport", app: world.app.state }] });
    const posture = await read(world);
    expect(posture.requiring).toMatchObject([{ pinnedTo: world.app.id }]);
    expect(standingOf(posture).gate).toBe("unknown");
  });

  test.each(["ruleset", "classic"] as const)("that a %s pins to nobody are no gate", async (kind) => {
    const world = await started();
    world.shop.protect({ kind, requiredChecks: [{ context: "sallyport" }, { context: "build" }] });
    const posture = await read(world);
    expect(posture.requiring).toMatchObject([{ pinnedTo: null }]);
    expect(standingOf(posture).gate).toBe("does not hold");
  });

  test("must name the check of this branch: that of the default branch says nothing for another", async () => {
    const world = await started();
    world.shop.commit("release/1", { files: { "a.txt": "1\n" }, by: world.writer });
    world.shop.protect({ branches: ["~ALL"], requiredChecks: [{ context: "sallyport", app: world.app.state }] });
    expect(await read(world, source(world), "release/1")).toMatchObject({ requiring: [], unread: [] });
    const own = { context: "sallyport: release/1", app: world.app.state };
    world.shop.protect({ branches: ["release/1"], requiredChecks: [own], noDeletion: true, noForcePush: true });
    expect(await read(world, source(world), "release/1")).toMatchObject({
      requiring: [{ pinnedTo: world.app.id }],
      deletionForbidden: true,
      forcePushForbidden: true,
    });
  });

  test("that GitHub does not show are unknown, unless the others suffice to tell", async () => {
    const world = await started();
    world.github.fail("GET /repos/{owner}/{repo}/rules/branches/{branch+}", 403);
    const posture = await read(world);
    expect(posture.unread).toEqual(["the rulesets of the branch could not be read (GitHub answered 403)"]);
    expect(standingOf(posture).gate).toBe("unknown");
  });
});

test("an answer is kept for five minutes", async () => {
  const world = await started();
  const from = source(world);
  expect((await read(world, from)).requiring).toEqual([]);
  world.shop.protect({ requiredChecks: [{ context: "sallyport", app: world.app.state }] });
  world.pass(5 * 60_000 - 1);
  expect((await read(world, from)).requiring).toEqual([]);
  world.pass(1);
  expect((await read(world, from)).requiring).toHaveLength(1);
});

/** Answers by route, for what GitHub tells only to those who may change the rules. */
function answering(answers: Readonly<Record<string, unknown>>): GitHubPosture {
  const request = async (route: string): Promise<unknown> => {
    const data = answers[route.replace("GET /repos/{owner}/{repo}/", "")];
    if (data instanceof Error) throw data;
    if (data === undefined) throw Object.assign(new Error("refused"), { status: 403 });
    return { data, headers: {} };
  };
  const api = { request } as unknown as Api;
  return new GitHubPosture({ apiFor: async () => api, clock: { now: () => 0, monotonicMs: () => 0 }, appId: 7 });
}

async function ask(answers: Readonly<Record<string, unknown>>): Promise<Posture> {
  const repository = { id: 1, owner: "acme", name: "shop" };
  return answering(answers).read(
    { installationId: 1, repository, branch: "main", isDefault: true },
    new AbortController().signal,
  );
}

const pinned = {
  type: "required_status_checks",
  ruleset_id: 5,
  parameters: { required_status_checks: [{ context: "sallyport", integration_id: 7 }] },
};
const rules = { "rules/branches/{branch}": [pinned], "branches/{branch}": { protection: { enabled: false } } };

describe("who may bypass", () => {
  test("is unknown where GitHub leaves the list out", async () => {
    const posture = await ask({ ...rules, "rulesets/{ruleset_id}": { current_user_can_bypass: "never" } });
    expect(posture.requiring).toEqual([{ source: "ruleset", pinnedTo: 7, bypass: null }]);
  });

  test("is nobody only where the list is there and empty", async () => {
    const posture = await ask({ ...rules, "rulesets/{ruleset_id}": { bypass_actors: [] } });
    expect(standingOf(posture)).toEqual({ gate: "holds" });
  });

  test("is everybody on the list, and this app where GitHub says so", async () => {
    const listed = {
      bypass_actors: [
        { actor_id: 9, actor_type: "Integration", bypass_mode: "exempt" },
        { actor_id: 1, actor_type: "OrganizationAdmin" },
      ],
      current_user_can_bypass: "pull_requests_only",
    };
    expect((await ask({ ...rules, "rulesets/{ruleset_id}": listed })).requiring[0]?.bypass).toEqual([
      { kind: "app", id: 9, mode: "exempt" },
      { kind: "organisation_administrators", id: null, mode: "always" },
      { kind: "this_app", id: null, mode: "pull_request" },
    ]);
    const own = await ask({ ...rules, "rulesets/{ruleset_id}": { current_user_can_bypass: "always" } });
    expect(standingOf(own).gate).toBe("does not hold");
  });

  test("of classic protection is administrators, unless it binds them", async () => {
    const checks = { contexts: ["sallyport"], checks: [{ context: "sallyport", app_id: 7 }] };
    const classic = {
      "rules/branches/{branch}": [],
      "branches/{branch}": { protection: { enabled: true, required_status_checks: checks } },
    };
    const full = (enabled: boolean) => ({
      "branches/{branch}/protection": { enforce_admins: { enabled }, allow_deletions: { enabled: false } },
    });
    expect(standingOf(await ask({ ...classic, ...full(true) }))).toEqual({ gate: "holds" });
    expect(standingOf(await ask({ ...classic, ...full(false) })).gate).toBe("does not hold");
    expect(standingOf(await ask(classic)).gate).toBe("unknown");
  });
});

test("a source of -1 is any source", async () => {
  const any = { ...pinned, parameters: { required_status_checks: [{ context: "sallyport", integration_id: -1 }] } };
  expect((await ask({ ...rules, "rules/branches/{branch}": [any] })).requiring[0]?.pinnedTo).toBeNull();
});

test("a rule of another form than documented is unknown", async () => {
  const odd = { type: "required_status_checks", parameters: { required_status_checks: "all" } };
  expect(standingOf(await ask({ ...rules, "rules/branches/{branch}": [odd] })).gate).toBe("unknown");
});

test("a used up rate limit is told with its moment, not kept as unknown", async () => {
  const later = new RetryLater("pause", 5);
  await expect(ask({ ...rules, "branches/{branch}": later })).rejects.toBe(later);
});
