import { GitHubRights } from "../../../../src/adapters/github/facts/people.ts";
import { expect, onTestFinished, test } from "vitest";
import type { Session } from "../../../../src/adapters/github/api.ts";
import { GitHubActions } from "../../../../src/adapters/github/actions.ts";
import { answerMark, commentShape, readCommands } from "../../../../src/adapters/github/facts/comments.ts";
import { addressesSallyport } from "../../../../src/core/commands/parse.ts";
import type { CommandComment } from "../../../../src/core/decisions/command-comment.ts";
import type { PullRequestSubject } from "../../../../src/core/subject.ts";
import type { SimPullRequest } from "../../../../src/sim/facade/pull-request.ts";
import { startMs, startWorld, type World } from "../world.ts";

const signal = new AbortController().signal;

async function conversation() {
  const world = await startWorld();
  onTestFinished(() => world.github.stop());
  world.shop.commit("change", { by: world.writer, files: { "README.md": "changed\n" } });
  const pull = world.shop.openPullRequest({ head: "change", by: world.writer });
  const subject: PullRequestSubject = {
    kind: "pull_request",
    installationId: world.installationId,
    repository: world.at,
    number: pull.number,
  };
  return { world, pull, subject, actions: new GitHubActions(world.apiFor, world.clock) };
}

async function commandsIn(world: World, pull: SimPullRequest): Promise<readonly CommandComment[]> {
  const api = await world.apiFor(world.installationId);
  const session: Session = { api, signal, clock: world.clock };
  const { owner, name: repo } = world.at;
  const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/timeline";
  const { data } = await api.request(route, { owner, repo, issue_number: pull.number });
  const comments = (data as readonly unknown[]).flatMap((item) => commentShape.safeParse(item).data ?? []);
  return await readCommands(session, comments, world.app.id);
}

test("a command is a comment whose first line addresses Sallyport, the oldest first, with who wrote it and when", async () => {
  const { world, pull } = await conversation();
  const first = pull.comment(world.reviewer, "/sallyport halt it loops\r\nand more");
  pull.comment(world.reviewer, "> /sallyport halt");
  world.pass(5_000);
  const second = pull.comment(world.writer, "/sallyport recheck");
  const common = { viaApp: null, unedited: true, reacted: false, replied: false };
  const by = ({ id, login }: { readonly id: number; readonly login: string }) => ({ id, login, type: "User" });
  expect(await commandsIn(world, pull)).toEqual([
    {
      id: first.id,
      account: by(world.reviewer),
      createdAtMs: startMs,
      firstLine: "/sallyport halt it loops",
      ...common,
    },
    {
      id: second.id,
      account: by(world.writer),
      createdAtMs: startMs + 5_000,
      firstLine: "/sallyport recheck",
      ...common,
    },
  ]);
});

test("an edit shows also in the second of creation, which `updated_at` does not tell", async () => {
  const { world, pull } = await conversation();
  const comment = pull.comment(world.reviewer, "Fine.");
  pull.editComment(comment, world.writer, "/sallyport resume it is fine");
  expect(comment.updatedMs).toBe(comment.createdMs);
  expect(await commandsIn(world, pull)).toMatchObject([{ id: comment.id, unedited: false }]);
});

test("what a program writes with a person's account names the program, and an app that is not told is some app", async () => {
  const { world, pull } = await conversation();
  const other = world.github.app({ slug: "coding-helper", permissions: {}, events: [] });
  pull.comment(world.reviewer, "/sallyport halt", other.state);
  expect(await commandsIn(world, pull)).toMatchObject([{ viaApp: "coding-helper" }]);
  const untold = {
    event: "commented",
    id: 1,
    node_id: "x",
    user: null,
    body: "/sallyport halt",
    created_at: "2026-01-01T00:00:00Z",
  };
  const nodes = [{ databaseId: 1, lastEditedAt: null, reactionGroups: [] }];
  const api = { graphql: async () => ({ nodes }) } as unknown as Session["api"];
  const session: Session = { api, signal, clock: world.clock };
  expect(await readCommands(session, [commentShape.parse(untold)], 1)).toMatchObject([
    { viaApp: "unknown", account: null },
  ]);
});

test("Sallyport's own comments command nothing", async () => {
  const { world, pull } = await conversation();
  pull.comment(world.app.bot, "/sallyport halt", world.app.state);
  expect(await commandsIn(world, pull)).toEqual([]);
  expect(addressesSallyport(answerMark(5))).toBe(false);
});

test("an answer is seen where Sallyport gave it, and nobody else can make it look given", async () => {
  const { world, pull, subject, actions } = await conversation();
  const comment = pull.comment(world.reviewer, "/sallyport recheck");
  pull.comment(world.writer, `${answerMark(comment.id)}\nDone!`);
  comment.reactions.push({ id: 1, author: world.writer, content: "+1", createdMs: 0 });
  expect(await commandsIn(world, pull)).toMatchObject([{ reacted: false, replied: false }]);
  await actions.reply(subject, comment.id, "Done.", signal);
  expect(await commandsIn(world, pull)).toMatchObject([{ reacted: false, replied: true }]);
  await actions.react(subject, comment.id, "refused", signal);
  await actions.react(subject, comment.id, "refused", signal);
  expect(await commandsIn(world, pull)).toMatchObject([{ reacted: true, replied: true }]);
  expect(comment.reactions.map(({ content }) => content)).toEqual(["+1", "-1"]);
});

test("comments cost a request only where one addresses Sallyport, and one for a hundred that do", async () => {
  const { world, pull } = await conversation();
  const asked = async () => {
    world.github.requests.clear();
    await commandsIn(world, pull);
    return world.github.requests.count("POST /graphql");
  };
  expect(await asked()).toBe(0);
  pull.comment(world.reviewer, "Fine.");
  expect(await asked()).toBe(0);
  pull.comment(world.reviewer, "/sallyport recheck");
  pull.comment(world.reviewer, "/sallyport explain");
  expect(await asked()).toBe(1);
});

test("what somebody may do is asked of the repository, or of the owner's `.github`", async () => {
  const { world, subject } = await conversation();
  const rights = new GitHubRights(world);
  const person = { id: world.reviewer.id, login: world.reviewer.login, type: "User" } as const;
  const may = (where: "here" | "above", account: typeof person = person) =>
    rights.permissionOf(subject, account, where, signal);
  expect([await may("here"), await may("above")]).toEqual(["write", "none"]);
  const above = world.acme.repository(".github", { files: { "README.md": "\n" } });
  above.grant(world.reviewer, "admin");
  expect([await may("here"), await may("above")]).toEqual(["write", "admin"]);
  expect(await may("above", { ...person, id: 1 })).toBe("none");
  world.github.fail("GET /repos/{owner}/{repo}/collaborators/{username}/permission", 403);
  expect(await may("above")).toBe("none");
  world.github.fail("GET /repos/{owner}/{repo}/collaborators/{username}/permission", 403);
  await expect(may("here")).rejects.toMatchObject({ status: 403 });
});
