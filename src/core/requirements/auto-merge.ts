import { changed } from "../change/change-set.ts";
import { notAsked, type Requirement } from "../evaluate/evaluation.ts";
import type { Account, Facts } from "../facts.ts";
import { tightening } from "../policy/patterns.ts";
import type { Policy } from "../policy/schema.ts";
import { neverApproves } from "../provenance/invokers.ts";
import type { Provenance } from "../provenance/provenance.ts";
import { isInvoker } from "./eligibility.ts";

const off = "Auto-merge off";
const offOrKnown = "Auto-merge off, or armed by an account that GitHub shows";
const offOrByPerson = "Auto-merge off, or armed by a person";

/**
 * That an agent's change does not merge by itself when this gate turns green: auto-merge is off, or a person armed it where the policy
 * lets people do so. Who started the agent is no such person, since an agent that works with a person's token arms it in that person's
 * name. Where the autonomy of the agent lets it, agents may arm it as well (`mayStayArmed`). Nothing where it is off, and nothing for
 * changes without marks of an agent.
 */
export function autoMerge(
  facts: Facts,
  provenance: Provenance,
  mayStayArmed: boolean,
  policy: Policy,
): readonly Requirement[] {
  const armedBy = facts.pullRequest.autoMergeArmedBy;
  if (armedBy === null || provenance.author !== "agent") return [];
  const { account, person } = armer(armedBy, provenance, policy);
  const isAccepted = person || (mayStayArmed && armedBy !== "unknown");
  const forbids = tightening(policy.autoMerge.forbid);
  const forbidden = changed(facts.change).find(({ path }) => forbids(path));
  return [
    {
      id: "auto-merge",
      kind: "auto_merge",
      what: forbidden !== undefined ? off : mayStayArmed ? offOrKnown : offOrByPerson,
      from: whom(provenance),
      now: `on, armed by ${account}${forbidden === undefined ? "" : `; \`auto_merge.forbid\` has \`${forbidden.path}\``}`,
      actor: armedBy !== "unknown" && neverApproves(armedBy, policy) ? "agent" : "people",
      state: { kind: isAccepted && forbidden === undefined ? "met" : "missing" },
      need: null,
      have: null,
      counted: [],
      excluded: [],
      ...notAsked,
    },
  ];
}

/** As the rest of a sentence; `requirement` is one of `autoMerge`. */
export function whoMayArm({ what, from }: Requirement): string {
  return what === off
    ? "nobody, for the policy forbids it on these paths; a person merges once the check is green"
    : from;
}

/** The account in words, and whether arming by it is a person's decision. */
function armer(
  armedBy: Account | "unknown",
  { invokers }: Provenance,
  policy: Policy,
): { readonly account: string; readonly person: boolean } {
  if (armedBy === "unknown") return { account: "an account that GitHub does not show", person: false };
  const account = `\`${armedBy.login}\``;
  if (neverApproves(armedBy, policy)) return { account, person: false };
  if (invokers.some((invoker) => isInvoker(invoker, armedBy)))
    return { account: `${account}, who started the agent`, person: false };
  return { account, person: true };
}

const namedInvokers = 3;

function whom({ invokers }: Provenance): string {
  const named = invokers.slice(0, namedInvokers).map(({ login }) => `\`${login}\``);
  const others = invokers.length > namedInvokers ? [`${invokers.length - namedInvokers} more`] : [];
  const except = invokers.length === 0 ? "" : ` except ${[...named, ...others].join(", ")}`;
  return `anyone with write access${except}`;
}
