import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectLocal, type LocalRequest } from "../../../src/adapters/git/local.ts";
import type { LocalFacts } from "../../../src/adapters/git/sides.ts";
import { changed, type ChangedFile } from "../../../src/core/change/change-set.ts";
import { tooLarge } from "../../../src/core/change/content.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { type Former, unusable } from "../../../src/core/policy/reading.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { outside, Sandbox } from "./sandbox.ts";

let repo: Sandbox;
beforeEach(() => {
  repo = new Sandbox();
});
afterEach(() => {
  repo.remove();
});

function collect(request: Partial<LocalRequest> = {}): Promise<LocalFacts> {
  return collectLocal(
    {
      repository: repo.root,
      base: null,
      head: null,
      as: null,
      policyPath: null,
      policyOf: strictDefault,
      unusable: () => [],
      renderer: null,
      ...request,
    },
    outside,
  );
}

function outline(files: readonly ChangedFile[]): string[] {
  const side = (version: ChangedFile["before"]): string =>
    version === null
      ? "-"
      : `${version.mode} ${"text" in version.content ? JSON.stringify(version.content.text) : version.content.kind}`;
  return files.map(({ path, status, before, after }) => `${status} ${path}: ${side(before)} > ${side(after)}`);
}

async function outlineOf(request: Partial<LocalRequest> = {}): Promise<string[]> {
  return outline(changed((await collect(request)).facts.change));
}

describe("a working tree", () => {
  test("is tracked files as they stand and untracked ones that are not ignored", async () => {
    repo.commit("base", { "a.txt": "one\n", "b.txt": "stays\n", "c.txt": "goes\n", ".gitignore": "ignored\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("on the branch", { "committed.txt": "new\n" });
    repo.write("a.txt", "two\n");
    repo.write("staged.txt", "staged\n");
    repo.git("add", "staged.txt");
    repo.write("untracked/new.txt", "untracked\n");
    repo.write("ignored", "never seen\n");
    rmSync(join(repo.root, "c.txt"));
    expect(await outlineOf()).toEqual([
      'modified a.txt: 100644 "one\\n" > 100644 "two\\n"',
      'removed c.txt: 100644 "goes\\n" > -',
      'added committed.txt: - > 100644 "new\\n"',
      'added staged.txt: - > 100644 "staged\\n"',
      'added untracked/new.txt: - > 100644 "untracked\\n"',
    ]);
  });

  test("that git finds dirty by its times only has no difference", async () => {
    repo.commit("base", { "a.txt": "one\n" });
    utimesSync(join(repo.root, "a.txt"), 1, 1);
    expect(await outlineOf()).toEqual([]);
  });

  test("names the paths that are not committed as something it cannot vouch for", async () => {
    repo.commit("base", { "a.txt": "one\n" });
    const clean = await collect();
    repo.write("a.txt", "two\n");
    const dirty = await collect();
    expect(clean.facts.unknowable).not.toContainEqual(expect.stringContaining("not committed"));
    expect(dirty.facts.unknowable).toContainEqual(expect.stringContaining("1 path is not committed"));
  });

  test("has blob ids that git would give", async () => {
    repo.commit("base", { "a.txt": "one\n" });
    repo.write("a.txt", "two\n");
    const { facts } = await collect();
    expect(facts.change.files[0]?.after?.sha).toBe(repo.git("hash-object", "a.txt"));
  });

  test("gives a file over the limit its right id without reading it", async () => {
    repo.commit("base");
    repo.write("big.yaml", Buffer.alloc(3 * 1024 * 1024, "x"));
    const file = (await collect()).facts.change.files[0];
    expect(file?.after?.sha).toBe(repo.git("hash-object", "big.yaml"));
    expect(file?.after?.content).toEqual(tooLarge(3 * 1024 * 1024));
  });

  test("with a conflict is refused", async () => {
    repo.commit("base", { "a.txt": "one\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("ours", { "a.txt": "ours\n" });
    repo.git("checkout", "--quiet", "main");
    repo.commit("theirs", { "a.txt": "theirs\n" });
    expect(() => repo.git("merge", "topic")).toThrow("git merge");
    await expect(collect()).rejects.toThrow("a.txt has an unresolved conflict");
  });

  test("shows symlinks, submodules and modes, staged or not", async () => {
    const sha = repo.commit("base", { "script.sh": "#!/bin/sh\n", target: "x\n" });
    symlinkSync("/etc/passwd", join(repo.root, "link"));
    chmodSync(join(repo.root, "script.sh"), 0o755);
    repo.git("update-index", "--add", "--cacheinfo", `160000,${sha},vendor/module`);
    const { facts } = await collect();
    expect(outline(changed(facts.change))).toEqual([
      "added link: - > 120000 symlink",
      'modified script.sh: 100644 "#!/bin/sh\\n" > 100755 "#!/bin/sh\\n"',
    ]);
    const link = facts.change.files.find(({ path }) => path === "link");
    expect(link?.after?.content).toEqual({ kind: "symlink", target: "/etc/passwd" });
  });

  test("sees that an untracked file can be executed", async () => {
    repo.commit("base");
    repo.write("run.sh", "#!/bin/sh\n");
    chmodSync(join(repo.root, "run.sh"), 0o755);
    expect(await outlineOf()).toEqual(['added run.sh: - > 100755 "#!/bin/sh\\n"']);
  });

  test("tells a file from a symlink whose target is the same text", async () => {
    repo.commit("base");
    repo.write("file", "target");
    symlinkSync("target", join(repo.root, "link"));
    expect(await outlineOf()).toEqual(['added file: - > 100644 "target"', "added link: - > 120000 symlink"]);
  });

  test("does not follow a folder that became a symlink", async () => {
    repo.commit("base", { "dir/file": "inside\n" });
    rmSync(join(repo.root, "dir"), { recursive: true });
    symlinkSync("/etc", join(repo.root, "dir"));
    expect(await outlineOf()).toEqual(["added dir: - > 120000 symlink", 'removed dir/file: 100644 "inside\\n" > -']);
  });
});

describe("two commits", () => {
  test("are compared from where the branch left the base", async () => {
    const start = repo.commit("base", { "a.txt": "one\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    const head = repo.commit("mine", { "mine.txt": "1\n" });
    repo.git("checkout", "--quiet", "main");
    const tip = repo.commit("theirs", { "a.txt": "changed on main\n" });
    const { facts } = await collect({ base: "main", head: "topic" });
    expect(facts).toMatchObject({ mergeBaseSha: start, base: { ref: "main", sha: tip }, head: { sha: head } });
    expect(outline(changed(facts.change))).toEqual(['added mine.txt: - > 100644 "1\\n"']);
    expect(facts.commits.map(({ sha }) => sha)).toEqual([head]);
  });

  test("show a rename as a removal and an addition", async () => {
    repo.commit("base", { "secrets/key.yaml": "k: v\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    renameSync(join(repo.root, "secrets"), join(repo.root, "harmless"));
    repo.commit("rename");
    expect(await outlineOf({ head: "topic" })).toEqual([
      'added harmless/key.yaml: - > 100644 "k: v\\n"',
      'removed secrets/key.yaml: 100644 "k: v\\n" > -',
    ]);
  });

  test("show a submodule by its commit", async () => {
    const sha = repo.commit("base");
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.git("update-index", "--add", "--cacheinfo", `160000,${sha},vendor/module`);
    repo.git("commit", "--quiet", "-m", "pin");
    const { facts } = await collect({ head: "topic" });
    expect(facts.change.files[0]?.after).toEqual({ mode: "160000", sha, content: { kind: "submodule" } });
  });

  test("keep CRLF, and tell binary, invalid UTF-8 and oversized text apart", async () => {
    repo.commit("base");
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("odd", {
      "binary.png": Buffer.from([0x89, 0, 1]),
      "crlf.yaml": "a: 1\r\n",
      "large.yaml": "x".repeat(20 * 1024 * 1024),
      "latin.yaml": Buffer.from([0x61, 0xe9, 0x0a]),
    });
    expect(await outlineOf({ head: "topic" })).toEqual([
      "added binary.png: - > 100644 binary",
      'added crlf.yaml: - > 100644 "a: 1\\r\\n"',
      "added large.yaml: - > 100644 unread",
      "added latin.yaml: - > 100644 unread",
    ]);
  });

  test("keep newlines and quotes in names, and make a Gap of a name that is not UTF-8", async () => {
    repo.commit("base");
    repo.git("checkout", "--quiet", "-b", "topic");
    const blob = repo.gitWith("x\n", "hash-object", "-w", "--stdin");
    const names = [Buffer.from('a "quoted"\nname.txt'), Buffer.from([0x6b, 0xff, 0x2e, 0x74, 0x66])];
    const index = Buffer.concat(
      names.map((name) => Buffer.concat([Buffer.from(`100644 ${blob}\t`), name, Buffer.from([0])])),
    );
    repo.gitWith(index, "update-index", "-z", "--index-info");
    repo.git("commit", "--quiet", "-m", "names");
    const { facts } = await collect({ head: "topic" });
    expect(facts.change.files.map(({ path }) => path)).toEqual(['a "quoted"\nname.txt', "k\\xff.tf"]);
    expect(facts.gaps).toEqual([expect.objectContaining({ path: "k\\xff.tf", level: "hold", side: "head" })]);
  });

  test("have every commit of every parent, with what is written in them and nothing attested", async () => {
    repo.commit("base");
    repo.git("checkout", "--quiet", "-b", "side");
    const side = repo.commit("side", { "side.txt": "1\n" });
    repo.git("checkout", "--quiet", "-b", "topic", "main");
    const own = repo.commit("own\n\nCo-authored-by: Someone <s@example.invalid>", { "own.txt": "1\n" });
    repo.git("merge", "--quiet", "--no-ff", "side", "-m", "merge");
    const { facts } = await collect({ head: "topic" });
    expect(new Set(facts.commits.map(({ sha }) => sha))).toEqual(new Set([side, own, repo.git("rev-parse", "topic")]));
    expect(facts.commits.find(({ sha }) => sha === own)).toMatchObject({
      author: { name: "Person A", email: "person-a@example.invalid", account: null },
      committer: { name: "Person B", email: "person-b@example.invalid", account: null },
      message: "own\n\nCo-authored-by: Someone <s@example.invalid>\n",
      verified: false,
    });
    expect(facts.commits.at(-1)?.parents).toEqual([own, side]);
  });

  test("without a common history are refused with a way out", async () => {
    repo.commit("base");
    repo.git("checkout", "--quiet", "--orphan", "topic");
    repo.commit("another root");
    await expect(collect({ head: "topic" })).rejects.toThrow("git fetch --unshallow");
  });

  test("of which one does not exist are refused by name", async () => {
    repo.commit("base");
    await expect(collect({ head: "nowhere" })).rejects.toThrow('Cannot find commit "nowhere"');
    await expect(collect({ base: "--all" })).rejects.toThrow('Cannot find commit "--all"');
  });

  test("an object that the clone lacks is unread, not empty", async () => {
    repo.commit("base", { "a.txt": "one\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("change", { "a.txt": "two\n" });
    const blob = repo.git("rev-parse", "topic:a.txt");
    rmSync(join(repo.root, ".git/objects", blob.slice(0, 2), blob.slice(2)));
    const { facts } = await collect({ head: "topic" });
    expect(facts.change.files[0]?.after?.content).toEqual({
      kind: "unread",
      reason: "not in this clone (it is partial or damaged)",
    });
  });
});

describe("the base", () => {
  test("is what origin/HEAD points at, else main or master", async () => {
    const sha = repo.commit("base");
    expect((await collect()).facts.base).toEqual({ ref: "main", sha, isDefault: true });
    repo.git("update-ref", "refs/remotes/origin/trunk", sha);
    repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    expect((await collect()).facts.base).toEqual({ ref: "trunk", sha, isDefault: true });
    expect((await collect({ base: "main" })).facts.base).toEqual({ ref: "main", sha, isDefault: false });
  });

  test("gives the policy, never the head", async () => {
    const tip = repo.commit("base", { ".github/sallyport.yml": "version: 1\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("loosen", { ".github/sallyport.yml": "version: 1\nmode: observe\n" });
    const { policies } = await collect();
    const at = `local/${basename(repo.root)}@${tip}:.github`;
    expect(policies).toEqual([
      {
        scope: "repository",
        at: `${at}/sallyport.yml`,
        content: { kind: "text", text: "version: 1\n" },
        former: null,
      },
      { scope: "operations", at: `${at}/sallyport/operations.yml`, content: { kind: "absent" }, former: null },
    ]);
  });

  test("beside the default branch adds the default branch's policy", async () => {
    repo.commit("base", { ".github/sallyport.yml": "version: 1\n" });
    repo.git("checkout", "--quiet", "-b", "release");
    repo.commit("release", { ".github/sallyport.yml": "version: 1\nmode: observe\n" });
    const { policies } = await collect({ base: "release" });
    expect(policies.map(({ content }) => ("text" in content ? content.text : content.kind))).toEqual([
      "version: 1\n",
      "absent",
      "version: 1\nmode: observe\n",
      "absent",
    ]);
  });

  test("without a policy says that there is none; a policy that is a symlink is not followed", async () => {
    repo.commit("base");
    expect((await collect()).policies[0]?.content).toEqual({ kind: "absent" });
    repo.write(".github/other.yml", "version: 1\n");
    symlinkSync("other.yml", join(repo.root, ".github/sallyport.yml"));
    repo.commit("link");
    expect((await collect()).policies[0]?.content).toMatchObject({ kind: "unread" });
  });

  test("yields to a policy file that is named, which must exist", async () => {
    repo.commit("base", { ".github/sallyport.yml": "version: 1\n" });
    repo.write("mine.yml", "version: 1 # mine\n");
    const { policies } = await collect({ policyPath: join(repo.root, "mine.yml") });
    expect(policies).toMatchObject([
      { content: { kind: "text", text: "version: 1 # mine\n" } },
      { scope: "operations", content: { kind: "absent" } },
    ]);
    await expect(collect({ policyPath: join(repo.root, "none.yml") })).rejects.toThrow("Cannot read policy");
  });
});

describe("a policy that cannot be read", () => {
  const readable = "version: 1\nmode: observe\n";
  const broken = "version: 1\nlimts: {}\n";
  const withPolicy = (text: string): string => repo.commit("policy", { ".github/sallyport.yml": text });
  const formers = async (): Promise<{ former: Former | null | undefined; unknowable: readonly string[] }> => {
    repo.git("checkout", "--quiet", "-B", "topic", "main");
    const { policies, facts } = await collect({ base: "main", unusable: (all) => unusable(all, rules) });
    return { former: policies[0]?.former, unknowable: facts.unknowable };
  };

  test("stands beside the last version that can be, and says that a clone may know it wrong", async () => {
    const sha = withPolicy(readable);
    withPolicy(broken);
    withPolicy("version: 2\n");
    repo.commit("later", { "a.txt": "a\n" });
    const { former, unknowable } = await formers();
    const at = `local/${basename(repo.root)}@${sha}:.github/sallyport.yml`;
    expect(former).toEqual({ kind: "version", at, text: readable });
    expect(unknowable).toContainEqual(expect.stringContaining("Which earlier versions of the policy"));
  });

  test("is passed over along first parents: drafts that were merged never stood on the branch", async () => {
    const sha = withPolicy("version: 1\n");
    repo.git("checkout", "--quiet", "-b", "drafts");
    withPolicy(readable);
    withPolicy(broken);
    repo.git("checkout", "--quiet", "main");
    repo.git("merge", "--quiet", "--no-ff", "--message", "merge", "drafts");
    expect((await formers()).former).toMatchObject({ kind: "version", at: expect.stringContaining(sha) as string });
  });

  test("has nothing beside it where no version could ever be read, or the branch had none in between", async () => {
    withPolicy(broken);
    expect((await formers()).former).toMatchObject({
      kind: "none",
      because: expect.stringContaining("clone") as string,
    });
    repo.git("checkout", "--quiet", "main");
    withPolicy(readable);
    rmSync(join(repo.root, ".github/sallyport.yml"));
    repo.commit("none");
    withPolicy(broken);
    expect((await formers()).former).toMatchObject({
      kind: "none",
      because: expect.stringContaining("no policy") as string,
    });
  });

  test("asks for no earlier version while it can be read", async () => {
    withPolicy(broken);
    withPolicy(readable);
    const { former, unknowable } = await formers();
    expect(former).toBeNull();
    expect(unknowable.join()).not.toContain("earlier versions");
  });
});

describe("the opener", () => {
  test("is Copilot's account by id when asked, whatever its name is today", async () => {
    repo.commit("base");
    expect((await collect({ as: "copilot" })).facts.pullRequest.author).toMatchObject({ id: 198982749, type: "Bot" });
  });

  test("is an agent where its short name is given: no account of that name need exist", async () => {
    repo.commit("base");
    for (const as of ["codex", "devin"]) expect((await collect({ as })).facts.pullRequest.author.id).toBeGreaterThan(0);
  });

  test("keeps the id of an agent that is known by login, and is a person otherwise", async () => {
    repo.commit("base");
    expect((await collect({ as: "devin-ai-integration[bot]" })).facts.pullRequest.author.id).toBeGreaterThan(0);
    expect((await collect({ as: "person-a" })).facts.pullRequest.author).toEqual({
      id: 0,
      login: "person-a",
      type: "User",
    });
  });
});

describe("a hostile repository", () => {
  test("starts no program that its configuration or attributes name", async () => {
    const trap = join(repo.root, "trap.sh");
    const sprung = join(repo.root, ".git", "sprung");
    repo.commit("base", {
      "a.txt": "one\n",
      ".gitattributes": "* filter=trap diff=trap\n",
      "trap.sh": `#!/bin/sh\ntouch ${sprung}\ncat\n`,
    });
    chmodSync(trap, 0o755);
    repo.git("commit", "--quiet", "--all", "-m", "trap");
    for (const key of [
      "core.fsmonitor",
      "filter.trap.clean",
      "filter.trap.process",
      "diff.trap.textconv",
      "diff.external",
      "core.pager",
    ])
      repo.git("config", key, trap);
    repo.git("config", "filter.trap.required", "true");
    repo.write("a.txt", "two\n");
    await collect();
    expect(existsSync(sprung)).toBe(false);
    execFileSync(trap, { input: "" });
    expect(existsSync(sprung)).toBe(true);
  });

  test("cannot replace an object", async () => {
    repo.commit("base", { "a.txt": "one\n" });
    repo.git("checkout", "--quiet", "-b", "topic");
    repo.commit("change", { "a.txt": "bad\n" });
    const other = repo.gitWith("good\n", "hash-object", "-w", "--stdin");
    repo.git("replace", repo.git("rev-parse", "topic:a.txt"), other);
    expect(await outlineOf({ head: "topic" })).toEqual(['modified a.txt: 100644 "one\\n" > 100644 "bad\\n"']);
  });
});
