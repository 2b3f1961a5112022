import { spawn } from "node:child_process";

/** What one run of a program may take. */
export interface RunLimits {
  readonly runMs: number;
  readonly outputBytes: number;
}

export type Ran =
  | { readonly kind: "ended"; readonly code: number; readonly stdout: string; readonly stderr: string }
  /** A clause. */
  | { readonly kind: "stopped"; readonly because: string };

/**
 * Runs a program to its end with nothing but the given environment and no input. It leads a process group of its own, and all of the
 * group is killed when it ends, takes too long, says too much, or `signal` aborts: then it rejects with the signal's reason.
 */
export async function run(
  [command, ...args]: readonly [string, ...(readonly string[])],
  { cwd, environment }: { readonly cwd: string; readonly environment: Readonly<Record<string, string>> },
  limits: RunLimits,
  signal: AbortSignal,
): Promise<Ran> {
  signal.throwIfAborted();
  return await new Promise<Ran>((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let bytes = 0;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      settle();
    };
    const stop = (because: string): void => end(() => resolve({ kind: "stopped", because }));
    const aborted = (): void =>
      end(() => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted")));
    const timer = setTimeout(() => stop(`it took longer than ${limits.runMs / 1000} s`), limits.runMs);
    signal.addEventListener("abort", aborted, { once: true });
    const collect = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limits.outputBytes) stop(`it wrote more than ${limits.outputBytes / 1024} KiB`);
      else into.push(chunk);
    };
    child.stdout.on("data", collect(out));
    child.stderr.on("data", collect(err));
    child.on("error", (error) =>
      stop(`it could not be started (${"code" in error ? String(error.code) : error.name})`),
    );
    child.on("close", (code, killedBy) => {
      if (code === null) stop(`it was ended by ${killedBy ?? "a signal"}`);
      else end(() => resolve({ kind: "ended", code, stdout: textOf(out), stderr: textOf(err) }));
    });
  });
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}

/** What the program left behind in its group goes with it; a group that is empty is no error. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}
