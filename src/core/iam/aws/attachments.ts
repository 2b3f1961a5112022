import type { Place } from "../../change/change-set.ts";
import type { AwsActions } from "./catalogue.ts";
import { newlyAllowed } from "./compare.ts";
import type { Danger } from "./danger.ts";
import type { HolderChange, Holding, NamedPolicy } from "./holders.ts";
import { nameOfManaged, powerOf, statementsOfManaged } from "./managed.ts";
import { shortened } from "./policy.ts";
import type { Widening } from "./widening.ts";

/** Policies and memberships by their names alone that a holder newly has. */
export function namedPolicies(holder: HolderChange, stated: (reason: string) => void): readonly Widening[] {
  // What is attached to an account keeps away; what lets everything pass is a document that is known.
  if (holder.kind === "guardrail" || holder.kind === "filter") return [];
  const was = new Set(holder.before.named.map(({ name }) => name));
  const is = new Set(holder.after.named.map(({ name }) => name));
  const [lost] = holder.before.named.filter(({ name }) => !is.has(name) && isExpression(name));
  return holder.after.named
    .filter(({ name }) => !was.has(name))
    .flatMap((policy): readonly Widening[] => {
      // Its statements were compared: what they add is told of them.
      if (statementsOfManaged(policy.name) !== null) return [];
      if (lost !== undefined && policy.what === "policy") {
        stated(`whether \`${shortened(policy.name)}\` is what \`${shortened(lost.name)}\` was`);
        return [];
      }
      const power = powerOf(policy.name);
      const isGreat = power === "almighty" || power === "powerful";
      const clauses = isGreat ? [{ clause: "it reaches over the whole account", sure: power === "almighty" }] : [];
      return [attached(holder, policy, clauses, power === "unknown")];
    });
}

/** What stands for a policy that nobody can tell, and may be any. */
function isExpression(name: string): boolean {
  return !/^(?:arn:[\w-]+:iam::|p-)/u.test(name);
}

function attached(
  holder: HolderChange,
  { name, at, what }: NamedPolicy,
  dangers: readonly Danger[],
  isUnknown: boolean,
): Widening {
  const shown = `\`${shortened(nameOfManaged(name) ?? name)}\``;
  return {
    ...without(holder, at, `${at.path} ${name}`),
    dangers,
    instead: what === "policy" ? `whatever the policy ${shown} allows` : `whatever ${shown} may do`,
    isUnknown,
  };
}

/** A widening that is no statement. */
function without(holder: HolderChange, at: Place, owner: string): Omit<Widening, "instead"> {
  return {
    holder,
    at,
    owner,
    loose: false,
    grant: null,
    statement: null,
    dangers: [],
    isPublic: false,
    isUnknown: false,
  };
}

/** Policies of an organisation that are taken off, and whose documents are elsewhere. */
export function detached(holder: HolderChange, stated: (reason: string) => void): readonly Widening[] {
  if (holder.kind !== "guardrail") return [];
  const names = (of: Holding): readonly string[] =>
    of.named.map(({ name }) => name).filter((name) => statementsOfManaged(name) === null);
  const [was, is] = [names(holder.before), names(holder.after)];
  const [went, came] = [was.filter((name) => !is.includes(name)), is.filter((name) => !was.includes(name))];
  const [first] = went;
  if (first === undefined) return [];
  if (came.length > 0 || holder.after.statements.length > holder.before.statements.length) {
    stated(`whether what is attached now keeps what \`${shortened(first)}\` kept`);
    return [];
  }
  const { at } = holder.before.named.find(({ name }) => name === first) ?? holder;
  return [
    {
      ...without(holder, at, `${at.path} ${first}`),
      dangers: [{ clause: "a policy of the organisation is taken off", sure: true }],
      instead: `all that \`${shortened(first)}\` held back`,
    },
  ];
}

/** A boundary that is gone, wider, or another one. */
export function boundaryLoss(
  holder: HolderChange,
  actions: AwsActions,
  stated: (reason: string) => void,
): readonly Widening[] {
  const [was, is] = [holder.before.boundary, holder.after.boundary];
  if (was === null) return [];
  const gone = (clause: string): Widening => ({
    ...without(holder, is?.at ?? holder.at, `${holder.at.path} boundary`),
    dangers: [{ clause, sure: true }],
    instead: "whatever its boundary kept from it",
  });
  if (is === null) return [gone("its permissions boundary is gone")];
  if (was.statements !== null && is.statements !== null) {
    const compared = newlyAllowed(
      was.statements.map(({ statement }) => statement),
      is.statements.map(({ statement }) => statement),
      actions,
    );
    if (compared.kind === "unproved") stated(compared.reason);
    if (compared.kind !== "widened") return [];
    return compared.grants.map((grant) => {
      const placed = is.statements?.[grant.statement];
      return {
        ...gone("its permissions boundary is wider"),
        at: placed?.at ?? is.at,
        owner: placed?.owner ?? holder.at.path,
        grant,
        statement: placed?.statement ?? null,
        dangers: [{ clause: "its permissions boundary is wider", sure: false }],
        instead: null,
      };
    });
  }
  if (was.name !== is.name)
    stated(`whether the boundary \`${shortened(is.name)}\` is as narrow as \`${shortened(was.name)}\``);
  return [];
}
