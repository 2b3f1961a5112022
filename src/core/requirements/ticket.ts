import type { AreaEntered, Requirement } from "../evaluate/evaluation.ts";
import { notAsked } from "../evaluate/evaluation.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Facts } from "../facts.ts";
import type { Policy } from "../policy/schema.ts";
import { ticketMatcher } from "../policy/tickets.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { hidesFiles } from "./freeze.ts";

/** Of a text no more is read: what stands behind it was not named for people to see. */
const textMax = 65_536;
const messageMax = 4_096;

/** What the naming of tickets rests on. */
export interface Grounds {
  readonly facts: Facts;
  readonly scope: Scope;
  readonly areas: readonly AreaEntered[];
  readonly provenance: Provenance;
  readonly policy: Policy;
}

/**
 * That a change names a ticket of the form that an area asks for: one requirement for each form. It is necessary and never sufficient:
 * an author can write any number, so naming one meets this and nothing else. Where it is not known what changes, every area may be
 * entered. What is named is compared and left: neither the report nor the ledger repeats it.
 */
export function tickets({ facts, scope, areas, provenance, policy }: Grounds): readonly Requirement[] {
  if (scope !== "full") return [];
  const entered = hidesFiles(facts.gaps) ? Object.keys(policy.areas) : areas.map(({ area }) => area);
  const texts = textsOf(facts);
  return entered.flatMap((area) =>
    (policy.areas[area]?.tickets ?? []).map((pattern, index): Requirement => {
      const named = texts.some(ticketMatcher(pattern));
      return {
        id: index === 0 ? `ticket:${area}` : `ticket:${area}:${index + 1}`,
        kind: "ticket",
        what: `A ticket of the form \`${pattern.replaceAll("`", "'")}\` (area \`${area}\`)`,
        from: "the author, in the title, the description or the message of a commit",
        now: named ? "one is named" : "none is named",
        actor: provenance.author === "agent" ? "agent" : "people",
        state: { kind: named ? "met" : "missing" },
        need: null,
        have: null,
        counted: [],
        excluded: [],
        ...notAsked,
      };
    }),
  );
}

/** What the author says of the change in places that everybody sees. Merges of the base are the words of others. */
function textsOf({ pullRequest, commits, updateMerges }: Facts): readonly string[] {
  const own = commits.filter(({ sha }) => !updateMerges.includes(sha));
  return [
    pullRequest.title.slice(0, textMax),
    withoutComments(pullRequest.body.slice(0, textMax)),
    ...own.map(({ message }) => message.slice(0, messageMax)),
  ];
}

/** Templates tell in comments what a ticket looks like; GitHub does not show them. */
function withoutComments(markdown: string): string {
  return markdown.replaceAll(/<!--[\s\S]*?(?:-->|$)/gu, " ");
}
