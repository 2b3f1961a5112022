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
import type { Word, Words } from "./words.ts";

/** Something of now that people may lift by command: a finding that blocks, a gap, a budget, or a bake. `rule` is null for what is no finding. */
export interface Liftable {
  readonly id: string;
  readonly rule: string | null;
  /** By how much a budget is exceeded, as a whole number; null: it is no budget. */
  readonly excess: string | null;
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

/** Judges the overrides that are on record: who may, on which head, and what they had before them. */
export function wordsOn(grounds: Grounds, nowMs: number): Words {
  const { facts, policy } = grounds;
  const { breakGlass } = policy.override;
  return {
    given: facts.decided.overrides.map((override) => wordOf(override, grounds, nowMs)),
    from: overriderNames(policy.override.by),
    need: overridersNeeded(facts, policy),
    glass:
      breakGlass === null
        ? null
        : { from: overriderNames(breakGlass.by), need: breakGlass.count, forMs: breakGlass.forMs },
    reportTo: breakGlass?.reportTo ?? [],
  };
}

/**
 * Which findings, gaps and budgets people have lifted by command. A word counts on the head and base that it named, for what the report
 * that stood there then showed (of a budget: as much of it), of a person who could approve here and whom `override.by` names;
 * `override.count` of them lift. Breaking the glass is counted apart, by its own lists, and ends by itself. Nothing else is ever lifted:
 * what asks for people (approvals, objections, the policy) is not among what is given here.
 */
export function overrides(open: readonly Liftable[], words: Words, nowMs: number): Overrides {
  const { need, from, glass: emergency } = words;
  const lifted = new Map<string, Overridden>();
  const broken: { readonly word: Word; readonly id: string }[] = [];
  const answers = open.map((one): Overriding => {
    const mine = words.given.filter(({ override }) => names(override, one)).map((word) => ofReported(word, one));
    const [regular, glass] = [tally(mine, false), tally(mine, true)];
    if (regular.length >= need) lifted.set(one.id, overriddenBy(regular, null));
    else if (emergency !== null && glass.length >= emergency.need) {
      const ends = glass.map(({ untilMs }) => untilMs ?? nowMs).toSorted((a, b) => b - a);
      lifted.set(one.id, overriddenBy(glass, ends[emergency.need - 1] ?? nowMs));
      broken.push(...glass.map((word) => ({ word, id: one.id })));
    }
    return {
      id: one.id,
      name: commandName(one.id),
      from,
      need,
      counted: regular.map(({ login }) => login),
      glass: emergency === null ? null : { ...emergency, counted: glass.map(({ login }) => login) },
      excluded: excludedOf(mine, [...regular, ...glass]),
    };
  });
  const ends = words.given.flatMap(({ because, untilMs }) => (because === null && untilMs !== null ? [untilMs] : []));
  return {
    answers,
    lifted,
    brokenGlass: brokenGlass(broken, words.reportTo),
    nextEndMs: ends.length === 0 ? null : Math.min(...ends),
  };
}

/** Decisions that break the glass, of two lots: each once, with all that it lifts. */
export function joinedGlass(a: readonly BrokenGlass[], b: readonly BrokenGlass[]): readonly BrokenGlass[] {
  const byDecision = [...Map.groupBy([...a, ...b], ({ decisionId }) => decisionId)];
  return byDecision
    .toSorted(([left], [right]) => byCodeUnits(left, right))
    .flatMap(([, all]) => all.slice(0, 1).map((one) => ({ ...one, lifts: all.flatMap(({ lifts }) => lifts) })));
}

const reasonMax = 400;
/** Authors choose their paths: of fewer digits they find two paths that share a name, and who lifts the one lifts the other. */
const nameDigits = 32;
const plainName = /^[A-Za-z0-9._:/@#+-]{1,120}$/;

/**
 * How a command names a finding, a gap or a budget: by its id, unless an author's path in it could be read as something else there (another name,
 * the reason). Then by a digest.
 */
export function commandName(id: string): string {
  const kind = id.startsWith("budget:") ? "budget" : "gap";
  return plainName.test(id) ? id : `${kind}:${sha256(id).slice(0, nameDigits)}`;
}

/**
 * Gaps that stay whoever says what: who objects, and what the policy is or would be. Objections and the policy are never lifted, so
 * that nobody knows them is not either.
 */
export function mayLiftGap(id: string): boolean {
  return id !== "unreadable-reviews" && !id.startsWith("policy-");
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
    shown: shownWhen(override, facts),
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

function shownWhen({ headSha, baseRef, atMs }: Override, { publications }: Facts): Word["shown"] {
  const stood = publications.findLast(
    (report) => report.headSha === headSha && report.baseRef === baseRef && report.publishedAtMs < atMs,
  );
  if (stood === undefined) return null;
  const { findings, gaps, budgets, bakes } = stood;
  return { findings, gaps, budgets, bakes };
}

/** A word is about what the report showed that stood when it was given, and nothing that came later under the same name. */
function ofReported(word: Word, { id, excess }: Liftable): Word {
  if (word.because !== null) return word;
  const { shown } = word;
  if (excess === null) {
    const isShown = [shown?.findings, shown?.gaps, shown?.bakes].some((ids) => ids?.includes(id) === true);
    return isShown ? word : { ...word, because: "decided before it was reported" };
  }
  const budget = shown?.budgets.find((one) => one.id === id);
  if (budget === undefined) return { ...word, because: "decided before it was reported" };
  return BigInt(budget.excess) >= BigInt(excess) ? word : { ...word, because: "decided when it was exceeded by less" };
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
