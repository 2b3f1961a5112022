import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { loadIncidents } from "../../src/sim/incidents.ts";
import { Sandbox } from "../adapters/git/sandbox.ts";

const launcher = fileURLToPath(new URL("../../bin/sallyport.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a shell would, with nothing in its environment but the path and what is given. */
export async function sallyport(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  await once(child, "close");
  return { code: child.exitCode, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

/** Runs a line of bash in which `$sallyport` is the command: for pipes and redirections. */
export async function shell(cwd: string, line: string): Promise<Ended> {
  const child = spawn("bash", ["-c", line], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", sallyport: `${process.execPath} ${launcher}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  await once(child, "close");
  return { code: child.exitCode, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

/**
 * The repository of the incidents, with a policy. Branch `memory` raises a memory limit beyond every bound, `readme` changes
 * documentation; `main` is checked out.
 */
export function acmeInfra(): Sandbox {
  const { base, incidents } = loadIncidents();
  const repo = new Sandbox();
  repo.commit("The repository", Object.fromEntries(base));
  const memory = incidents.find(({ id }) => id === "I03");
  if (memory === undefined) throw new Error("test/incidents/I03 is gone: name another change that blocks.");
  repo.git("checkout", "--quiet", "-b", "memory");
  repo.commit("More memory", Object.fromEntries(memory.files));
  repo.git("checkout", "--quiet", "-b", "readme", "main");
  repo.commit("Say more", { "README.md": "# Infrastructure\n\nOne more sentence.\n" });
  repo.git("checkout", "--quiet", "main");
  return repo;
}
