import type { BrokenGlass, Excluded, Overridden, Overriding } from "../evaluate/evaluation.ts";
import type { Override } from "../decisions/decision.ts";
import type { Account, Facts } from "../facts.ts";
import type { Overrider } from "../policy/schema.ts";
import { subjectId } from "../subject.ts";
import { sha256 } from "../../lib/digest.ts";
import { byCodeUnits } from "../../lib/order.ts";
import { shorten } from "../../lib/text.ts";
import { type Grounds, whyNot } from "./eligibility.ts";
import { isOverrider, overriderNames, overridersNeeded } from "./overriders.ts";

/** Something of now that people may lift by command: a finding that blocks, a gap, or a bake. `rule` is null for the last two. */
export interface Liftable {
  readonly id: string;
  readonly rule: string | null;
}

/** What the overrides that are on record come to at this moment. */
export interface Overrides {
  /** One for each of what may be lifted, in the order given. */
  readonly answers: readonly Overriding[];
  /** By the id of the finding or gap. What is not in it is not lifted. */
  readonly lifted: ReadonlyMap<string, Overridden>;
  readonly brokenGlass: readonly BrokenGlass[];
  /** The next moment at which an override ends by itself; null: none does. */
  readonly nextEndMs: number | null;
}

/**
 * Which findings and gaps people have lifted by command. A word counts on the head and base that it named, for what the report that
 * stood there then showed, of a person who could approve here and whom `override.by` names; `override.count` of them lift. Breaking the
 * glass is counted apart, by its own lists, and ends by itself. Nothing else is ever lifted: what asks for people (approvals,
 * objections, the policy) is no finding and no gap that is given here.
 */
export function overrides(open: readonly Liftable[], grounds: Grounds, nowMs: number): Overrides {
  const { facts, policy } = grounds;
  const words = facts.decided.overrides.map((override) => wordOf(override, grounds, nowMs));
  const { breakGlass } = policy.override;
  const need = overridersNeeded(facts, policy);
  const lifted = new Map<string, Overridden>();
  const broken: { readonly word: Word; readonly id: string }[] = [];
  const answers = open.map((one): Overriding => {
    const mine = words.filter(({ override }) => names(override, one)).map((word) => ofReported(word, one, facts));
    const [regular, glass] = [tally(mine, false), tally(mine, true)];
    if (regular.length >= need) lifted.set(one.id, overriddenBy(regular, null));
    else if (breakGlass !== null && glass.length >= breakGlass.count) {
      const ends = glass.map(({ untilMs }) => untilMs ?? nowMs).toSorted((a, b) => b - a);
      lifted.set(one.id, overriddenBy(glass, ends[breakGlass.count - 1] ?? nowMs));
      broken.push(...glass.map((word) => ({ word, id: one.id })));
    }
    return {
      id: one.id,
      name: commandName(one.id),
      from: overriderNames(policy.override.by),
      need,
      counted: regular.map(({ login }) => login),
      glass:
        breakGlass === null
          ? null
          : {
              from: overriderNames(breakGlass.by),
              need: breakGlass.count,
              forMs: breakGlass.forMs,
              counted: glass.map(({ login }) => login),
            },
      excluded: excludedOf(mine, [...regular, ...glass]),
    };
  });
  const ends = words.flatMap(({ because, untilMs }) => (because === null && untilMs !== null ? [untilMs] : []));
  return {
    answers,
    lifted,
    brokenGlass: brokenGlass(broken, breakGlass?.reportTo ?? []),
    nextEndMs: ends.length === 0 ? null : Math.min(...ends),
  };
}

const reasonMax = 400;
/** Authors choose their paths: of fewer digits they find two paths that share a name, and who lifts the one lifts the other. */
const nameDigits = 32;
const plainName = /^[A-Za-z0-9._:/@#+-]{1,120}$/;

/**
 * How a command names a finding or a gap: by its id, unless an author's path in it could be read as something else there (another name,
 * the reason). Then by a digest.
 */
export function commandName(id: string): string {
  return plainName.test(id) ? id : `gap:${sha256(id).slice(0, nameDigits)}`;
}

/**
 * Gaps that stay whoever says what: who objects, and what the policy is or would be. Objections and the policy are never lifted, so
 * that nobody knows them is not either.
 */
export function mayLiftGap(id: string): boolean {
  return id !== "unreadable-reviews" && !id.startsWith("policy-");
}

/** An override with its judgement. `because` says why it does not count; null: it does, for what was reported. */
interface Word {
  readonly override: Override;
  readonly login: string;
  readonly accountId: number | null;
  readonly because: string | null;
  /** When it ends by itself; null: it does not. */
  readonly untilMs: number | null;
}

function wordOf(override: Override, grounds: Grounds, nowMs: number): Word {
  const { facts, policy } = grounds;
  const { by } = override;
  const account =
    by.kind === "account" ? facts.people.find((person) => person.account.id === by.id)?.account : undefined;
  const word = {
    override,
    login: account?.login ?? deciderName(by),
    accountId: account?.id ?? null,
    untilMs: null,
  };
  const not = (because: string): Word => ({ ...word, because });
  if (override.subjectId !== subjectId(facts.subject)) return not("decided about another pull request");
  if (override.headSha !== facts.head.sha) return not(`named another head, ${override.headSha.slice(0, 7)}`);
  if (override.baseRef !== facts.base.ref) return not("decided it for another base");
  if (by.kind !== "account") return not("is no account of GitHub");
  if (account === undefined) return not("has no write permission that could be read");
  const because = whyNot(grounds, account);
  if (because !== null) return not(because);
  if (!override.breakGlass) return { ...word, because: notNamed(account, policy.override.by, "override.by", facts) };
  const { breakGlass } = policy.override;
  if (breakGlass === null) return not("may not break the glass: the policy lets nobody");
  const untilMs = override.atMs + breakGlass.forMs;
  if (untilMs <= nowMs) return not("broke the glass, and that has ended");
  return { ...word, untilMs, because: notNamed(account, breakGlass.by, "override.break_glass.by", facts) };
}

function notNamed(
  account: Account,
  lists: readonly (readonly Overrider[])[],
  key: string,
  facts: Facts,
): string | null {
  return isOverrider(account, lists, facts) ? null : `is not named in \`${key}\``;
}

function deciderName(by: Override["by"]): string {
  switch (by.kind) {
    case "account":
      return by.login;
    case "operator":
      return by.name;
    case "breaker":
      return by.trippedBy;
  }
}

function names(override: Override, { id, rule }: Liftable): boolean {
  return override.names.some((name) => name === id || name === rule || name === commandName(id));
}

/** A word is about what the report showed that stood when it was given, and nothing that came later under the same name. */
function ofReported(word: Word, { id }: Liftable, { publications }: Facts): Word {
  const { headSha, baseRef, atMs } = word.override;
  const stood = publications.findLast(
    (report) => report.headSha === headSha && report.baseRef === baseRef && report.publishedAtMs < atMs,
  );
  const shown = [stood?.findings, stood?.gaps, stood?.bakes].some((ids) => ids?.includes(id) === true);
  return word.because === null && !shown ? { ...word, because: "decided before it was reported" } : word;
}

/** Of each person the word that holds longest, by login. */
function tally(words: readonly Word[], breakGlass: boolean): readonly Word[] {
  const longest = new Map<number, Word>();
  for (const word of words) {
    if (word.because !== null || word.accountId === null || word.override.breakGlass !== breakGlass) continue;
    const known = longest.get(word.accountId);
    if (known === undefined || (known.untilMs ?? 0) < (word.untilMs ?? 0)) longest.set(word.accountId, word);
  }
  return [...longest.values()].sort((a, b) => byCodeUnits(a.login, b.login));
}

/** Whoever spoke and does not count, with the reason of the latest word. */
function excludedOf(words: readonly Word[], counted: readonly Word[]): readonly Excluded[] {
  const latest = new Map(words.map(({ login, because }) => [login, because ?? ""]));
  for (const { login } of counted) latest.delete(login);
  return [...latest]
    .map(([login, because]) => ({ login, because, countsFromMs: null }))
    .sort((a, b) => byCodeUnits(a.login, b.login));
}

function overriddenBy(words: readonly Word[], untilMs: number | null): Overridden {
  return {
    by: words.map(({ login }) => login),
    reasons: [...new Set(words.map(({ override }) => shorten(override.reason, reasonMax)))].filter(
      (reason) => reason !== "",
    ),
    glassUntilMs: untilMs,
  };
}

/** One for each decision that lifts something by breaking the glass, in the order of their ids. */
function brokenGlass(
  broken: readonly { readonly word: Word; readonly id: string }[],
  reportTo: readonly string[],
): readonly BrokenGlass[] {
  const byDecision = [...Map.groupBy(broken, ({ word }) => word.override.id)];
  return byDecision
    .sort(([a], [b]) => byCodeUnits(a, b))
    .flatMap(([decisionId, all]) =>
      all.slice(0, 1).map(({ word: { login, accountId, override, untilMs } }) => ({
        decisionId,
        login,
        accountId,
        atMs: override.atMs,
        untilMs: untilMs ?? override.atMs,
        lifts: all.map(({ id }) => id),
        reportTo,
      })),
    );
}
