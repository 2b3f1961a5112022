import type { Halt, HaltScope } from "../decisions/decision.ts";
import { agentNamed, plainName } from "../provenance/catalogue.ts";
import { names } from "../provenance/invokers.ts";
import { resumption } from "../requirements/halt.ts";
import type { Grounds } from "./grounds.ts";
import type { CommandScope } from "./parse.ts";

/** What a command calls a scope, as decisions have it. */
export function haltScope(scope: CommandScope, { facts }: Grounds): HaltScope {
  const { installationId, repository } = facts.subject;
  switch (scope.kind) {
    case "repository":
      return { kind: "repository", installationId, repositoryId: repository.id };
    case "organisation":
      return { kind: "installation", installationId };
    case "agent":
      return { kind: "agent", installationId, agent: scope.agent };
  }
}

/** Halts of a scope that stood before a moment: who lifts one must have been able to know of it. */
export function standingBefore(scope: CommandScope, beforeMs: number, grounds: Grounds): readonly Halt[] {
  const wanted = haltScope(scope, grounds);
  return grounds.halts.filter((halt) => isSame(halt.scope, wanted) && halt.atMs < beforeMs);
}

/** Commands that lift what stands on this pull request's repository, of whatever scope. */
export function resumptions({ halts, facts }: Grounds): readonly string[] {
  const commands = halts.flatMap(({ scope }): readonly string[] => {
    const elsewhere = scope.kind === "repository" && scope.repositoryId !== facts.subject.repository.id;
    return elsewhere ? [] : [`\`${resumption(scope)}\``];
  });
  return [...new Set(commands)];
}

/** By the key of the catalogue, by an app or a login that it knows, or by a login that a policy lists. Null: no agent is called that. */
export function knownAgent(name: string, { policy, organisation }: Grounds): string | null {
  const known = agentNamed(name);
  if (known !== null) return known.key;
  const wanted = plainName(name);
  const listed = [policy, organisation].flatMap(({ agents: { also, automation } }) => [...also, ...automation]);
  return names(listed, wanted) ? wanted : null;
}

function isSame(a: HaltScope, b: HaltScope): boolean {
  if (a.installationId !== b.installationId) return false;
  switch (a.kind) {
    case "installation":
      return b.kind === "installation";
    case "repository":
      return b.kind === "repository" && a.repositoryId === b.repositoryId;
    case "agent":
      return b.kind === "agent" && a.agent.toLowerCase() === b.agent.toLowerCase();
  }
}
