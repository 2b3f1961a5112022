import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { GitEnvironment } from "../../../src/adapters/git/git.ts";

/** What a person's shell would hand on. */
export const outside: GitEnvironment = { path: process.env["PATH"] ?? "/usr/bin:/bin", home: undefined };

/** A repository of its own in a temporary folder, made with the real git. */
export class Sandbox {
  readonly root: string;

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), "sallyport-git-"));
    this.git("init", "--quiet", "--initial-branch=main");
  }

  git(...args: string[]): string {
    return this.gitWith("", ...args);
  }

  gitWith(input: string | Buffer, ...args: string[]): string {
    const env = {
      PATH: outside.path,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Person A",
      GIT_AUTHOR_EMAIL: "person-a@example.invalid",
      GIT_AUTHOR_DATE: "1700000000 +0100",
      GIT_COMMITTER_NAME: "Person B",
      GIT_COMMITTER_EMAIL: "person-b@example.invalid",
      GIT_COMMITTER_DATE: "1700000100 +0000",
    };
    return execFileSync("git", args, { cwd: this.root, env, input, stdio: ["pipe", "pipe", "pipe"] })
      .toString()
      .trim();
  }

  write(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  commit(message: string, files: Readonly<Record<string, string | Buffer>> = {}): string {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
