import { z } from "zod";
import { type Admission, admissions, isEverywhere } from "../../authentication/postgres/admitted.ts";
import { type HostRule, readHostRules, strongEnough } from "../../authentication/postgres/host-rules.ts";
import type { ChangedFile, FileVersion } from "../../change/change-set.ts";
import { type Context, defineRule, type Observation } from "../../rule.ts";
import { mayBeDeployed } from "../../settings/scope.ts";
import { isDevelopment } from "../../settings/tier.ts";

const shown = 120;

export default defineRule({
  id: "postgres-login-lowered",
  invariant: "authentication-is-unchanged",
  severity: "critical",
  confidence: "high",
  summary:
    "PostgreSQL lets connections in that it asked for more, or refused, before: by a line that is new, wider, weaker or moved.",
  why: "The first line of pg_hba.conf that matches decides, so one line further up takes the place of all that follow.",
  remedy: "Ask for `scram-sha-256` over `hostssl`, and name the databases, the users and the network.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }, _, context) {
    for (const file of files) {
      if (/(?:^|\/)[^/]*pg_hba[^/]*\.conf$/iu.test(file.path) && isJudged(file, context)) yield* judged(file);
    }
  },
  examples: {
    "nobody is asked for anything": `
      M db/pg_hba.conf
        local all all peer
      - host shop shop 10.0.0.0/8 scram-sha-256
      > host shop shop 10.0.0.0/8 trust`,
    "a password that is sent as it is": `
      M db/pg_hba.conf
      - host shop shop 10.0.0.0/8 scram-sha-256
      > host shop shop 10.0.0.0/8 password`,
    "a wider network": `
      M db/pg_hba.conf
      - hostssl shop shop 10.1.0.0/16 scram-sha-256
      > hostssl shop shop 0.0.0.0/0 scram-sha-256`,
    "every user, every database": `
      M db/pg_hba.conf
      - hostssl shop shop 10.1.0.0 255.255.0.0 scram-sha-256
      > hostssl all all 10.1.0.0 255.255.0.0 scram-sha-256`,
    "a line moves above the one that refused": `
      M db/pg_hba.conf
      > host all all 10.0.0.0/8 scram-sha-256
        host all admin 10.0.0.0/8 reject
      - host all all 10.0.0.0/8 scram-sha-256`,
    "without TLS": `
      M db/pg_hba.conf
      - hostssl shop shop 10.1.0.0/16 scram-sha-256
      > host    shop shop 10.1.0.0/16 scram-sha-256`,
    "a line that a template fills": {
      reverse: "reports",
      change: `
      M db/pg_hba.conf
      - hostssl shop shop 10.1.0.0/16 scram-sha-256
      > hostssl shop shop {{ network }} scram-sha-256`,
    },
    "a user of a new service": `
      M db/pg_hba.conf
        hostssl shop shop 10.1.0.0/16 scram-sha-256
      + hostssl mail mail 10.1.0.0/16 scram-sha-256`,
    "lines that meet no connection in common change places": `
      M db/pg_hba.conf
      - hostssl shop shop 10.1.0.0/16 scram-sha-256
        # the mail
        hostssl mail mail 10.1.0.0/16 md5
      + hostssl shop shop 10.1.0.0/16 scram-sha-256`,
    "a line that an earlier one hides": `
      M db/pg_hba.conf
        host all all 0.0.0.0/0 reject
      + host shop shop 10.0.0.0/8 trust`,
    "the mask of the same network": `
      M db/pg_hba.conf
      - host shop shop 10.1.0.0/16 scram-sha-256
      + host shop shop 10.1.0.0  255.255.0.0  scram-sha-256  # the same`,
    "what developers run": `
      M docker/local/pg_hba.conf
      - host shop shop 0.0.0.0/0 scram-sha-256
      + host shop shop 0.0.0.0/0 trust`,
  },
});

function isJudged({ path, before, after }: ChangedFile, context: Pick<Context, "reach" | "policy">): boolean {
  return before !== null && after !== null && mayBeDeployed(path) && !isDevelopment(path, context);
}

function* judged({ path, before, after }: ChangedFile): Generator<Observation> {
  const [was, is] = [textOf(before), textOf(after)];
  const former = was === null ? null : readHostRules(was);
  const now = is === null ? null : readHostRules(is);
  const undecided = "who is let into PostgreSQL, and what they are asked for";
  if (former?.ok !== true || now?.ok !== true) {
    if (was !== null && is !== null && sameLines(was, is)) return;
    const line = now === null || now.ok ? 1 : now.line;
    yield { at: { path, side: "head", line }, about: path, undecided };
    return;
  }
  const found = admissions(former.rules, now.rules);
  if (found === null) {
    yield { at: { path, side: "head", line: 1 }, about: path, undecided };
    return;
  }
  const known = new Set(former.rules.flatMap(({ users }) => users));
  const counted = found.filter((one) => !isOrdinary(one, known));
  for (const [rule, group] of Map.groupBy(counted, (one) => one.rule)) {
    const least = group.find(({ was: line }) => line !== null)?.was ?? null;
    const asked =
      least === null
        ? "nobody was let in by the lines of before"
        : `\`${least.method}\` was asked for (\`${least.written.slice(0, shown)}\`)`;
    yield {
      at: { path, side: "head", line: rule.line },
      about: `${path} ${rule.written}`,
      message: `\`${rule.written.slice(0, shown)}\` lets in with \`${rule.method}\` where ${asked}`,
      ...(rule.method === "trust" && isRemote(rule) ? {} : { asks: true as const }),
    };
  }
}

function textOf(version: FileVersion | null): string | null {
  return version?.content.kind === "text" ? version.content.text : null;
}

/** Whether two texts differ in nothing but comments and white space. */
function sameLines(one: string, other: string): boolean {
  const bare = (text: string) =>
    text.split(/\r?\n/u).map((line) => line.replace(/#.*/u, "").trim().split(/\s+/u).join(" "));
  const lines = (text: string) => bare(text).filter((line) => line !== "");
  return lines(one).join("\n") === lines(other).join("\n");
}

/** A user that the file did not know gets into named databases, with a method that proves something, and not from everywhere. */
function isOrdinary({ rule, was }: Admission, known: ReadonlySet<string>): boolean {
  const isNew = rule.users.every((user) => user !== "all" && !known.has(user)) && !rule.databases.includes("all");
  return was === null && isNew && rule.strength >= strongEnough && !isEverywhere(rule.address);
}

/** Whether other machines come in by it. */
function isRemote({ ways, address }: HostRule): boolean {
  if (ways.includes("socket")) return false;
  if (address === "all") return true;
  if ("named" in address) return address.named !== "samehost" && address.named !== "localhost";
  return address.family === 4 ? address.to >> 24n !== 127n || address.from >> 24n !== 127n : address.to !== 1n;
}
