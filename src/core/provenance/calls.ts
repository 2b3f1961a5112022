import { agents } from "./agents.ts";

const handles = new Set(
  agents
    .flatMap(({ logins, apps, handles: others }) => [...logins, ...apps, ...others])
    .map((name) => name.toLowerCase()),
);
const commands = agents.flatMap((agent) => agent.commands);
const handle = /(?<![\w.@/-])@([a-z0-9][a-z0-9-]*)/giu;
/** The whole of a comment that asks an agent for its opinion only. */
const askedToReview = /^\s*@[a-z0-9][a-z0-9-]*\s+review[.!]?\s*$/iu;

/**
 * Whether somebody calls an agent of the catalogue, wherever in the text: agents look for their name in quotations and code as well.
 * Asking for a review sets nobody to work on the change, as long as nothing else stands there or stood there before an edit.
 */
export function callsAgent(text: string, edited: boolean): boolean {
  if (!edited && askedToReview.test(text)) return false;
  const called = [...text.matchAll(handle)].some(([, name = ""]) => handles.has(name.toLowerCase()));
  return called || text.split(/\r\n|\r|\n/u).some((line) => commands.some((command) => command.test(line.trim())));
}
