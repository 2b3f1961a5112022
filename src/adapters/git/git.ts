import { execFile, type ExecFileException } from "node:child_process";

/** What the git command needs from the outside. The rest of the environment is not handed on. */
export interface GitEnvironment {
  /** Where `git` is searched. */
  readonly path: string;
  /** For `safe.directory` of the person's own configuration. */
  readonly home: string | undefined;
}

/** Git refused or is missing. The message says what was attempted and what git said. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
  /** Null where git could not be started at all. */
  readonly exitCode: number | null;

  constructor(message: string, exitCode: number | null) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What was asked for is not there, or cannot be judged as it stands: another request mends it, and the message says which. */
export class UnanswerableRequest extends GitFailure {
  constructor(message: string) {
    super(message, null);
  }
}

/** The git command in one folder, hardened against what a foreign repository may have configured. */
export interface Git {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Options that precede the subcommand. */
  readonly options: readonly string[];
}

const outputLimitBytes = 1024 * 1024 * 1024;

/**
 * Prepares git for a folder. Nothing that the repository configures is started: no hooks, file system monitors, filters of
 * contents, credential programs or transports; replaced objects are not honoured; missing objects of a partial clone are not
 * fetched. https://git-scm.com/docs/git#_environment_variables
 */
export async function openGit(directory: string, outside: GitEnvironment): Promise<Git> {
  const plain: Git = {
    directory,
    environment: {
      PATH: outside.path,
      ...(outside.home === undefined ? {} : { HOME: outside.home }),
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_NO_REPLACE_OBJECTS: "1",
      GIT_NO_LAZY_FETCH: "1",
      // Git before 2.44 does not know the variable above: without a transport it cannot fetch either.
      GIT_ALLOW_PROTOCOL: "none",
    },
    options: ["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"],
  };
  return { ...plain, options: [...plain.options, ...(await withoutFilters(plain))] };
}

/** A filter is a program that git runs over a file of the working tree; an empty one is none. */
async function withoutFilters(git: Git): Promise<readonly string[]> {
  const listed = await runOrNull(git, ["config", "-z", "--name-only", "--get-regexp", "^filter\\."]);
  const keys = new Set(split(listed ?? Buffer.alloc(0)).map((key) => key.toString("utf8").replace(/\.[^.]*$/, "")));
  return [...keys].flatMap((key) =>
    [`${key}.clean=`, `${key}.smudge=`, `${key}.process=`, `${key}.required=false`].flatMap((setting) => [
      "-c",
      setting,
    ]),
  );
}

/** Standard output of a git command. Throws `GitFailure` when it ends with anything but 0. */
export async function run(git: Git, args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      [...git.options, ...args],
      { cwd: git.directory, env: git.environment, encoding: "buffer", maxBuffer: outputLimitBytes },
      (failed, stdout, stderr) => {
        if (failed === null) resolve(stdout);
        else reject(asFailure(git, args, failed, stderr));
      },
    );
  });
}

/** As `run`, without the newline at the end. */
export async function line(git: Git, args: readonly string[]): Promise<string> {
  return (await run(git, args)).toString("utf8").replace(/\n$/, "");
}

/** Null where git ends with 1, which is how its lookups say "there is none". */
export async function runOrNull(git: Git, args: readonly string[]): Promise<Buffer | null> {
  try {
    return await run(git, args);
  } catch (failed) {
    if (failed instanceof GitFailure && failed.exitCode === 1) return null;
    throw failed;
  }
}

/** The records of an output made with `-z`. */
export function split(output: Buffer): readonly Buffer[] {
  const records: Buffer[] = [];
  let start = 0;
  for (let end = output.indexOf(0); end !== -1; end = output.indexOf(0, start)) {
    records.push(output.subarray(start, end));
    start = end + 1;
  }
  if (start < output.length) records.push(output.subarray(start));
  return records;
}

function asFailure(git: Git, args: readonly string[], failed: ExecFileException, stderr: Buffer): GitFailure {
  if (failed.code === "ENOENT")
    return new GitFailure(`Cannot start git in ${git.directory}: install git, and have it on the PATH.`, null);
  const said = stderr.toString("utf8").trim() || failed.message;
  return new GitFailure(
    `Cannot run git ${args.join(" ")} in ${git.directory}: ${said}`,
    typeof failed.code === "number" ? failed.code : null,
  );
}
