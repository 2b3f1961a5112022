import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sandbox } from "../adapters/git/sandbox.ts";
import { sallyport, shell } from "./run.ts";

const repo = new Sandbox();
const lists = join(repo.root, ".git");
beforeAll(() => {
  const sha = repo.commit("base", { "README.md": "hello\n" });
  repo.write(".git/none.txt", "\n\n");
  repo.write(".git/wrong.jsonl", `{"sha":"${sha}"}\r\n\n{"commit":"${sha}"}\n`);
  repo.write(".git/many.txt", `${sha}\n`.repeat(2_000));
  mkdirSync(join(lists, "nowhere"));
});
afterAll(() => repo.remove());

describe("a request that cannot be answered ends with 64 and says what to ask instead", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["no command", [], /^Usage: sallyport/],
    ["an unknown option", ["check", "--bse", "main"], /unknown option '--bse'\n\(Did you mean --base\?\)/],
    ["an option without its value", ["check", "--base"], /argument missing/],
    ["a format that there is not", ["check", "--format", "yaml"], /text, json, markdown, sarif/],
    ["an opener that a script left empty", ["check", "--as", ""], /Name copilot, or the login of an account/],
    ["a base that is not there", ["check", "--base", "nope"], /Cannot find commit "nope" in .*: fetch it/],
    ["a head that is not there", ["check", "--head", "0".repeat(40)], /Cannot find commit "0{40}"/],
    ["a folder that is none", ["check", "--repo", "README.md"], /README\.md: it is no folder/],
    ["a folder in no repository", ["check", "--repo", "/"], /not a git repository.*Name a folder.*--repo/],
    ["a policy that is not there", ["check", "--policy", "nope.yml"], /Cannot read policy nope\.yml: ENOENT/],
    ["an unknown rule", ["explain", "k8s-replica-over-limit"], /did you mean "k8s-replicas-over-limit"\?/],
    ["an unknown command below policy", ["policy", "frob"], /unknown command 'frob'/],
    ["a backtest of nothing", ["backtest"], /either --range A\.\.B or --commits FILE/],
    ["a range that is not there", ["backtest", "--range", "x..y"], /"x\.\.y" in .*: name a range/],
    ["a list without a commit", ["backtest", "--commits", ".git/none.txt"], /none\.txt: it lists none/],
    ["a list with another line", ["backtest", "--commits", ".git/wrong.jsonl"], /wrong\.jsonl:3: write a SHA/],
  ])("%s", async (_, args, sentence) => {
    const { code, out, err } = await sallyport(repo.root, args);
    expect([code, out, err]).toEqual([64, "", expect.stringMatching(sentence)]);
    expect(err).not.toMatch(/^ {4}at /m);
  });

  test("no branch of a usual name: --base is asked for", async () => {
    const own = new Sandbox();
    own.git("checkout", "--quiet", "-b", "trunk");
    own.commit("base");
    const { code, err } = await sallyport(own.root, ["check"]);
    own.remove();
    expect([code, err]).toEqual([64, expect.stringContaining("name a branch with --base")]);
  });

  test("a shallow clone whose histories do not meet: the fetch that mends it is named", async () => {
    const [own, clone] = [new Sandbox(), new Sandbox()];
    own.commit("base");
    own.commit("later");
    own.git("checkout", "--quiet", "-b", "topic", "HEAD~1");
    own.commit("topic");
    clone.git("fetch", "--quiet", "--depth=1", `file://${own.root}`, "main:base", "topic:topic");
    const { code, err } = await sallyport(clone.root, ["check", "--base", "base", "--head", "topic"]);
    for (const each of [own, clone]) each.remove();
    expect([code, err]).toEqual([64, expect.stringContaining("git fetch --unshallow")]);
  });

  test("a file in whose place a pipe stands is not waited for", async () => {
    const own = new Sandbox();
    own.commit("base", { "README.md": "hello\n" });
    const { code, err } = await shell(own.root, "rm README.md && mkfifo README.md && $sallyport check");
    own.remove();
    expect([code, err]).toEqual([64, expect.stringContaining("README.md is no file that git can hold")]);
  });

  test("what git and the repository say reaches the terminal without control characters", async () => {
    const { err } = await sallyport(repo.root, ["check", "--base", "\u{1b}[2Jnope"]);
    expect(err).toContain('"\\u{1B}[2Jnope"');
  });
});

describe("a failure of its own ends with 70, never with the code of a verdict", () => {
  test("without git", async () => {
    const { code, err } = await sallyport(repo.root, ["check"], { PATH: join(lists, "nowhere") });
    expect([code, err]).toEqual([70, expect.stringContaining("install git")]);
  });

  test("where the report cannot be written", async () => {
    const { code, err } = await shell(repo.root, "$sallyport check --as person-a > /dev/full");
    expect([code, err]).toEqual([70, expect.stringContaining("cannot write its output: ENOSPC")]);
  });

  test("where a commit of a backtest cannot be judged", async () => {
    repo.write(".git/gone.txt", `${"0".repeat(40)}\n${repo.git("rev-parse", "HEAD")}\n`);
    const { code, out, err } = await sallyport(repo.root, ["backtest", "--commits", ".git/gone.txt"]);
    expect([code, err]).toEqual([70, expect.stringMatching(/^1 commit judged, 1 failed\./)]);
    expect(out.split("\n")[0]).toContain('"failed":"Cannot find commit');
  });

  test("where something throws that nobody waits for", async () => {
    const late = "--import=data:text/javascript,setTimeout(()=>{throw(new(Error)('late'))})";
    const { code, out, err } = await sallyport(repo.root, ["check"], { NODE_OPTIONS: late });
    expect([code, out, err]).toEqual([70, "", expect.stringMatching(/^sallyport failed: Error: late/)]);
  });

  test("where its packages are not installed", async () => {
    const bare = new Sandbox();
    const root = new URL("../..", import.meta.url).pathname;
    const line = `cp -r ${root}bin ${root}src ${root}package.json . && $(echo $sallyport | cut -d' ' -f1) bin/sallyport.js check`;
    const { code, err } = await shell(bare.root, line);
    rmSync(bare.root, { recursive: true });
    expect([code, err]).toEqual([70, expect.stringMatching(/^sallyport cannot start: .*Run "npm ci"/)]);
  });
});

describe("a reader who stops reading", () => {
  test("ends a long run at once, without a word", async () => {
    const { out, err } = await shell(
      repo.root,
      '$sallyport backtest --commits .git/many.txt | head -1 | cut -c1-10; echo "${PIPESTATUS[@]}"',
    );
    expect([out, err]).toEqual(['{"commit":\n70 0 0\n', ""]);
  });

  test("does not change the verdict", async () => {
    // `true` has ended long before there is a report.
    const { out, err } = await shell(repo.root, '$sallyport check | true; echo "${PIPESTATUS[0]}"');
    expect([out, err]).toEqual(["2\n", ""]);
  });
});
