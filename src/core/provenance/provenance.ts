import { sha256 } from "../../lib/digest.ts";

/** How far a signal can be trusted: GitHub attests it, or somebody could have written it. */
export type Trust = "attested" | "claimed";

/** One reason to think that an agent (or automation) had a hand in it. */
export interface Signal {
  /** Key of the agent in the catalogue, or the login of an account that is not listed. */
  readonly agent: string;
  /** `opener`, `commit author`, `co-author trailer`, `label`, `branch prefix`, ... */
  readonly kind: string;
  readonly trust: Trust;
  /** What was seen, in a form that can be shown: an id, a mailbox, a short SHA. Not escaped. */
  readonly evidence: string;
}

/** The person who set the agent to work. Every signal excludes; only what GitHub attests makes the invoker known. */
export interface Invoker {
  readonly login: string;
  readonly id: number | null;
  readonly trust: Trust;
  readonly evidence: string;
}

/** An invoker as the ledger keeps them, which has no names: the account's id, or a digest where only a login is known. */
export function invokerKey({ id, login }: Pick<Invoker, "id" | "login">): string {
  return id === null ? `login:${sha256(login.toLowerCase()).slice(0, 16)}` : `id:${id}`;
}

/**
 * Who wrote a change. `unmarked` means that no agent marks were found, never that a person wrote it. Detection can only raise
 * scrutiny: an added mark may turn `unmarked` into `agent`, no mark turns `agent` into anything else.
 */
export interface Provenance {
  readonly author: "agent" | "automation" | "unmarked";
  /** Keys of agents, most trusted signal first. */
  readonly agents: readonly string[];
  readonly signals: readonly Signal[];
  readonly invokers: readonly Invoker[];
  readonly invokerKnown: boolean;
}
