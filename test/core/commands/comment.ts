import type { Grounds } from "../../../src/core/commands/grounds.ts";
import type { CommandComment } from "../../../src/core/decisions/command-comment.ts";
import type { Halt, HaltScope } from "../../../src/core/decisions/decision.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { headSha, person } from "../facts.ts";

export const writtenMs = 1_772_442_000_000;

/** A command of person 1, read a second after it was written. */
export function comment(firstLine: string, overrides: Partial<CommandComment> = {}): CommandComment {
  return {
    id: 5,
    account: person(1),
    viaApp: null,
    unedited: true,
    createdAtMs: writtenMs,
    firstLine,
    reacted: false,
    replied: false,
    ...overrides,
  };
}

export const subject = {
  kind: "pull_request",
  installationId: 3,
  repository: { id: 7, owner: "acme", name: "shop" },
  number: 1,
} as const;

/** The head was reported a minute before. */
export function grounds(overrides: Partial<Grounds> = {}): Grounds {
  return {
    facts: {
      subject,
      base: { ref: "main", sha: "b".repeat(40), isDefault: true },
      head: { sha: headSha, fromFork: false },
      teams: [],
    },
    policy: strictDefault(),
    organisation: strictDefault(),
    publications: [{ headSha, publishedAtMs: writtenMs - 60_000 }],
    halts: [],
    nowMs: writtenMs + 1_000,
    ...overrides,
  };
}

export function halt(id: string, scope: HaltScope, atMs = writtenMs - 60_000): Halt {
  return { kind: "halt", id, by: { kind: "operator", name: "person-b" }, atMs, reason: "", scope, stops: "agents" };
}

export const here: HaltScope = { kind: "repository", installationId: 3, repositoryId: 7 };
export const elsewhere: HaltScope = { kind: "repository", installationId: 3, repositoryId: 8 };
export const everywhere: HaltScope = { kind: "installation", installationId: 3 };
