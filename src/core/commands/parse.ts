import type { CommandName } from "../decisions/command-name.ts";
import { type Refusal, refuse } from "./refusal.ts";

/** Where a halt is to hold, or one that is to be lifted holds. `agent` is a key of the catalogue, or a login of the policy. */
export type CommandScope =
  | { readonly kind: "repository" }
  | { readonly kind: "organisation" }
  | { readonly kind: "agent"; readonly agent: string };

/** A command that is whole; whether anybody may give it is another question. */
export type Command =
  | { readonly name: "explain" | "recheck" }
  | {
      readonly name: "override";
      readonly breakGlass: boolean;
      /** In lower case; seven digits or more. */
      readonly sha: string;
      readonly names: readonly string[];
      readonly reason: string;
    }
  | {
      readonly name: "halt";
      readonly scope: CommandScope;
      readonly stops: "agents" | "everyone";
      readonly reason: string;
    }
  | { readonly name: "resume"; readonly scope: CommandScope; readonly reason: string };

export type Parsed =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly name: CommandName; readonly refusal: Refusal };

/** What `NAME` in `agent NAME` stands for; null: no agent is called that. */
export type KnownAgent = (name: string) => string | null;

const address = /^\/sallyport(?=[ \t]|$)/iu;
const shaForm = /^[0-9a-f]{7,64}$/u;
const namesMax = 100;

/**
 * Whether a comment addresses Sallyport: its first line begins with the word, without anything before it. A quotation, a line of code
 * and an indented line do not.
 */
export function addressesSallyport(firstLine: string): boolean {
  return address.test(firstLine);
}

/** The first line of a comment, without its line break. */
export function firstLineOf(body: string): string {
  return body.split(/\r\n|\r|\n/u, 1)[0] ?? "";
}

/** Reads a line that addresses Sallyport. Words are taken in any case; what is left of the line is the reason. */
export function parseCommand(firstLine: string, knownAgent: KnownAgent): Parsed {
  const [word = "", ...rest] = firstLine
    .replace(address, "")
    .split(/[ \t]+/u)
    .filter((one) => one !== "");
  switch (word.toLowerCase()) {
    case "explain":
      return whole({ name: "explain" });
    case "recheck":
      return whole({ name: "recheck" });
    case "override":
      return override(rest, false);
    case "break-glass":
      return override(rest, true);
    case "halt":
      return whole(halt(rest, knownAgent));
    case "resume":
      return resume(rest, knownAgent);
    default:
      return {
        ok: false,
        name: "unknown",
        refusal: refuse(
          "unknown_command",
          "That is no command. There are `explain`, `recheck`, `override SHA NAME,... REASON`, `break-glass SHA NAME,... REASON`, `halt REASON` and `resume REASON`.",
        ),
      };
  }
}

function whole(command: Command): Parsed {
  return { ok: true, command };
}

function incomplete(name: CommandName, because: string): Parsed {
  return { ok: false, name, refusal: refuse("incomplete", because) };
}

function override(words: readonly string[], breakGlass: boolean): Parsed {
  const form = `\`/sallyport ${breakGlass ? "break-glass" : "override"} SHA NAME,... REASON\``;
  const [given = "", ...rest] = words;
  const sha = given.toLowerCase();
  if (!shaForm.test(sha)) {
    return incomplete("override", `It needs the head that it is about, in seven digits or more: ${form}.`);
  }
  const { names, after } = listed(rest);
  if (names.length === 0 || names.length > namesMax) {
    return incomplete(
      "override",
      `It needs the findings or gaps that it lifts, by name, ${namesMax} at most: ${form}. The report prints it ready.`,
    );
  }
  const reason = after.join(" ");
  if (reason === "") return incomplete("override", `It needs a reason: ${form}.`);
  return whole({ name: "override", breakGlass, sha, names, reason });
}

/** Names with commas between them; a comma at the end of a word goes on with the next. */
function listed(words: readonly string[]): { readonly names: readonly string[]; readonly after: readonly string[] } {
  const end = words.findIndex((word) => !word.endsWith(","));
  const taken = end < 0 ? words : words.slice(0, end + 1);
  const names = taken.flatMap((word) => word.split(",")).filter((name) => name !== "");
  return { names: [...new Set(names)], after: words.slice(taken.length) };
}

/**
 * Needs no reason, and is never refused for its form: words that are no scope are the reason. So a name that no agent has halts all
 * agents of the repository, which is more than was asked for, and the answer says so.
 */
function halt(words: readonly string[], knownAgent: KnownAgent): Command {
  const { scope, after } = scoped(words, knownAgent) ?? { scope: { kind: "repository" as const }, after: words };
  const everyone = scope.kind !== "agent" && after[0]?.toLowerCase() === "everyone";
  const reason = (everyone ? after.slice(1) : after).join(" ");
  return { name: "halt", scope, stops: everyone ? "everyone" : "agents", reason };
}

/** Lifting is narrow where halting is wide: a name that no agent has lifts nothing. */
function resume(words: readonly string[], knownAgent: KnownAgent): Parsed {
  const found = scoped(words, knownAgent);
  if (found === null && words[0]?.toLowerCase() === "agent") {
    const refusal = refuse("unknown_agent", "No agent is called that. The report names each agent as its halt does.");
    return { ok: false, name: "resume", refusal };
  }
  const { scope, after } = found ?? { scope: { kind: "repository" as const }, after: words };
  const reason = after.join(" ");
  if (reason === "") return incomplete("resume", "Lifting a halt needs a reason: `/sallyport resume REASON`.");
  return whole({ name: "resume", scope, reason });
}

/** The scope that words begin with; null: they begin with none. */
function scoped(
  words: readonly string[],
  knownAgent: KnownAgent,
): { readonly scope: CommandScope; readonly after: readonly string[] } | null {
  const [first = "", second = ""] = words;
  switch (first.toLowerCase()) {
    case "repository":
      return { scope: { kind: "repository" }, after: words.slice(1) };
    case "organisation":
    case "organization":
      return { scope: { kind: "organisation" }, after: words.slice(1) };
    case "agent": {
      const agent = knownAgent(second);
      return agent === null ? null : { scope: { kind: "agent", agent }, after: words.slice(2) };
    }
    default:
      return null;
  }
}
