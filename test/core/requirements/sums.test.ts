import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { budgeted } from "../../../src/core/evaluate/budgeted.ts";
import { evaluatedEntry, publishedReport } from "../../../src/core/ledger/entry.ts";
import type { Budgets, SumBudget } from "../../../src/core/policy/schema.ts";
import { type Booking, type PoolRoom, type Takes, windowMs } from "../../../src/core/requirements/booking.ts";
import { budgetShortages } from "../../../src/core/requirements/budget.ts";
import type { Word } from "../../../src/core/requirements/words.ts";
import type { PullRequestSubject } from "../../../src/core/subject.ts";
import { whole } from "../../../src/lib/quantity.ts";
import { judge, repository } from "../evaluate/changes.ts";
import { changeOf, factsOf, file } from "../facts.ts";

const nowMs = 1_795_000_000_000;
const dayMs = 24 * windowMs;
const none: Budgets = {
  changesPerHour: null,
  openPullRequests: null,
  servicesAtATime: null,
  openPerSharedModule: null,
  addedMemory: null,
  addedReplicas: null,
  deletes: null,
  pushesPerFinding: null,
};
const replicas = (max: number, per: SumBudget["per"] = ["agent"], withinMs = dayMs): Budgets => ({
  ...none,
  addedReplicas: { max: whole(max), withinMs, per },
});

function subject(number: number, repositoryId = 10): PullRequestSubject {
  const name = repositoryId === 10 ? "infra" : "secret-name";
  return { kind: "pull_request", installationId: 1, repository: { id: repositoryId, owner: "acme", name }, number };
}
const taking = (takes: Partial<Takes>): Takes => ({
  baseRef: "main",
  modules: [],
  addedMemory: 0,
  addedReplicas: 0,
  deletes: 0,
  pools: {},
  ...takes,
});
function waiting(number: number, takes: Partial<Takes> | null, overrides: Partial<Booking> = {}): Booking {
  return {
    subject: subject(number),
    agents: ["claude"],
    services: [],
    reachesUnknown: false,
    takes: takes === null ? null : taking(takes),
    openedAtMs: number,
    readySinceMs: nowMs + number,
    holds: false,
    mergedAtMs: null,
    ...overrides,
  };
}
const green = (number: number, takes: Partial<Takes> | null, overrides: Partial<Booking> = {}): Booking =>
  waiting(number, takes, { holds: true, ...overrides });
const merged = (number: number, takes: Partial<Takes> | null, agoMs: number): Booking =>
  waiting(number, takes, { readySinceMs: null, mergedAtMs: nowMs - agoMs });

interface Told {
  readonly behind: string | undefined;
  readonly untilMs: number | null | undefined;
  readonly excess: string;
}
function short(
  own: Booking,
  others: readonly Booking[],
  budgets: Budgets,
  rooms: readonly PoolRoom[] = [],
): readonly Told[] {
  return budgetShortages(own, others, { budgets, rooms }, nowMs).map(({ requirement: { now, state }, excess }) => ({
    behind: /^behind pull request (\d+)/.exec(now)?.[1],
    untilMs: state.kind === "waiting" ? state.untilMs : undefined,
    excess,
  }));
}
const more = (addedReplicas: number | null): Partial<Takes> => ({ addedReplicas });

describe("a bound on a sum", () => {
  test.each<[string, readonly Booking[], readonly Told[]]>([
    ["nothing else", [], []],
    ["what leaves room", [green(1, more(2)), merged(2, more(2), 5)], []],
    ["a green one", [green(1, more(8))], [{ behind: "1", untilMs: null, excess: "2" }]],
    ["one that was ready before", [waiting(1, more(8))], [{ behind: "1", untilMs: null, excess: "2" }]],
    ["one that is ready since later", [waiting(9, more(8))], []],
    ["one that is not ready", [waiting(1, more(8), { readySinceMs: null })], []],
    ["a merge within the time", [merged(1, more(8), 5)], [{ behind: "1", untilMs: nowMs - 5 + dayMs, excess: "2" }]],
    ["a merge before that", [merged(1, more(8), dayMs)], []],
    [
      "merges, until enough have left",
      [merged(1, more(3), 9), merged(2, more(3), 6), merged(3, more(3), 3)],
      [{ behind: "1", untilMs: nowMs - 9 + dayMs, excess: "3" }],
    ],
    ["a green one that takes nothing", [green(1, more(0)), merged(2, more(0), 5)], []],
    ["one of which it is not known", [green(1, more(null))], [{ behind: "1", untilMs: null, excess: "4" }]],
    ["one that was booked before sums were kept", [green(1, null)], [{ behind: "1", untilMs: null, excess: "4" }]],
    ["a green one of another agent", [green(1, more(8), { agents: ["codex"] })], []],
  ])("where ten may be added, a change that adds four waits behind %s", (_, others, expected) => {
    expect(short(waiting(7, more(4)), others, replicas(10))).toEqual(expected);
  });

  test("says nothing to a change that takes nothing of it", () => {
    expect(short(waiting(7, more(0)), [green(1, more(10)), green(2, more(null))], replicas(10))).toEqual([]);
  });

  test("lets what is not known pass alone, and what is more than all of it as well, since people decided that", () => {
    for (const takes of [more(null), more(12)]) {
      expect(short(waiting(7, takes), [green(1, more(0))], replicas(10))).toEqual([]);
      expect(short(waiting(7, takes), [merged(1, more(1), 5)], replicas(10))).toMatchObject([{ behind: "1" }]);
    }
  });

  test("is told with figures, the window and the agent", () => {
    const Gi = 2 ** 30;
    const budgets: Budgets = {
      ...none,
      addedMemory: { max: whole(8 * Gi), withinMs: dayMs, per: ["agent", "repository"] },
    };
    const [one] = budgetShortages(
      waiting(7, { addedMemory: 5 * Gi }),
      [green(1, { addedMemory: 4 * Gi })],
      { budgets, rooms: [] },
      nowMs,
    );
    expect(one?.requirement).toMatchObject({
      id: "budget:added_memory/agent/claude/repository",
      what: "At most 8Gi of memory added within 1d of `claude` in this repository",
      now: "behind pull request 1 until that makes room: 9Gi of memory with those that are green, wait before it, or were merged in that time",
    });
    expect(one?.excess).toBe(String(Gi));
  });
});

describe("a bound on who changes a shared module", () => {
  const one: Budgets = { ...none, openPerSharedModule: 1 };
  const at = (...modules: readonly string[]): Partial<Takes> => ({ modules });
  test.each<[string, Booking, string | null]>([
    ["a green one of the same", green(1, at("modules/db", "modules/x"), { agents: ["codex"] }), "1"],
    ["one of the same that was ready before", waiting(1, at("modules/db")), "1"],
    ["a green one of another", green(1, at("modules/cache")), null],
    ["a green one of the same folder elsewhere", green(1, at("modules/db"), { subject: subject(1, 11) }), null],
    ["one of the same that is merged", merged(1, at("modules/db"), 5), null],
    ["a green one that was booked before modules were", green(1, null), "1"],
  ])("a change of a module waits behind %s", (_, other, expected) => {
    const told = short(waiting(7, at("modules/db")), [other], one);
    expect(told.map(({ behind }) => behind)).toEqual(expected === null ? [] : [expected]);
  });
});

describe("a node pool", () => {
  const room = (after: number, allowed = 32): readonly PoolRoom[] => [
    { name: "general", after: whole(after), allowed: whole(allowed) },
  ];
  const adds = (general: number | null): Partial<Takes> => ({ pools: { general } });
  test.each<[string, Booking, readonly Told[]]>([
    ["a green one that fills it together with this", green(1, adds(4)), [{ behind: "1", untilMs: null, excess: "2" }]],
    ["a green one beside which there is room", green(1, adds(2)), []],
    ["one that shrinks, or leaves it", green(1, adds(0)), []],
    ["one that adds nobody knows how much", green(1, adds(null)), [{ behind: "1", untilMs: null, excess: "0" }]],
    ["one that was never asked about it", green(1, {}), [{ behind: "1", untilMs: null, excess: "0" }]],
    ["one onto another branch", green(1, { ...adds(4), baseRef: "release" }), []],
    ["one of another repository", green(1, adds(4), { subject: subject(1, 11) }), []],
    [
      "one that was merged a moment ago",
      merged(1, adds(4), 1_000),
      [{ behind: "1", untilMs: nowMs + 299_000, excess: "2" }],
    ],
    ["one that was merged long enough ago to be in the base", merged(1, adds(4), 300_000), []],
  ])("of 32 that would hold 30 is left waiting behind %s", (_, other, expected) => {
    expect(short(waiting(7, adds(5)), [other], none, room(30))).toEqual(expected);
  });

  test("says nothing to a change that adds nothing to it", () => {
    expect(short(waiting(7, adds(0)), [green(1, adds(9))], none, room(40))).toEqual([]);
  });
});

/** Only budgets matter to these changes. */
const bare = judge(factsOf({ change: changeOf(file("README.md", "a\n", "b\n")) }), [
  repository("approvals: { by_risk: 0 }\n"),
]);
const spends = bare.spending;
if (spends === null) throw new Error("An agent's change spends.");
const mine = ["claude"];
const asking = (number: number, takes: Partial<Takes>, budgets: Budgets, given: readonly Word[] = []) => ({
  ...bare,
  subject: subject(number),
  evaluatedAtMs: nowMs,
  spending: { ...spends, agents: mine, takes: taking(takes), budgets, words: { ...spends.words, need: 1, given } },
});

describe("who lifts a budget by command", () => {
  const id = "budget:added_replicas/agent/claude";
  const word = (excess: string, overrides: Partial<Word> = {}): Word => ({
    override: {
      id: "comment/10/1",
      kind: "override",
      by: { kind: "account", id: 1, login: "person-a" },
      atMs: nowMs,
      reason: "it cannot wait",
      subjectId: "",
      headSha: "",
      baseRef: "main",
      names: [id],
      breakGlass: false,
    },
    login: "person-a",
    accountId: 1,
    because: null,
    untilMs: null,
    shown: { findings: [], gaps: [], bakes: [], budgets: [{ id, excess }] },
    ...overrides,
  });
  const books = [green(1, more(8), { agents: mine })];
  const asked = (...given: readonly Word[]) => budgeted(asking(7, more(4), replicas(10), given), books);

  test("lifts it as far as it was reported", () => {
    for (const excess of ["2", "3"]) {
      const { evaluation, booking } = asked(word(excess));
      expect(evaluation).toMatchObject({
        verdict: "allow",
        shortages: [{ id, excess: "2", overridden: { by: ["person-a"], reasons: ["it cannot wait"] } }],
        requirements: [{ state: { kind: "met" }, now: expect.stringContaining("overridden by `person-a`") as unknown }],
      });
      expect(booking?.holds).toBe(true);
    }
  });

  test.each<[string, Word, string]>([
    ["it is exceeded by more", word("1"), "decided when it was exceeded by less"],
    [
      "it had not been reported",
      word("2", { shown: { findings: [id], gaps: [], bakes: [], budgets: [] } }),
      "decided before it was reported",
    ],
    ["there was no report", word("2", { shown: null }), "decided before it was reported"],
    ["they may not", word("2", { because: "is not named in `override.by`" }), "is not named in `override.by`"],
  ])("does not where %s", (_, given, because) => {
    const { evaluation, booking } = asked(given);
    expect(evaluation).toMatchObject({ verdict: "wait", shortages: [{ overridden: null }] });
    expect(evaluation.overriding).toMatchObject([{ id, counted: [], excluded: [{ login: "person-a", because }] }]);
    expect(booking?.holds).toBe(false);
  });

  test("by breaking the glass lifts it for a while, and that is told", () => {
    const given = word("2", { untilMs: nowMs + 5 });
    const broken = { ...given, override: { ...given.override, breakGlass: true } };
    const evaluation = asking(7, more(4), replicas(10), [broken]);
    const glass = { from: "@acme/oncall", need: 1, forMs: 5 };
    const spending = {
      ...evaluation.spending,
      words: { ...evaluation.spending.words, glass, reportTo: ["acme/incidents"] },
    };
    const after = budgeted({ ...evaluation, spending }, books).evaluation;
    expect(after).toMatchObject({ verdict: "allow", brokenGlass: [{ lifts: [id], untilMs: nowMs + 5 }] });
  });
});

test("a report that shows another excess of a budget is another report, and the same one is none", () => {
  const published = { shared: "wait", runId: 1, wrote: true, publishedAtMs: nowMs, enforced: [] } as const;
  const judged = (taken: number) =>
    budgeted(asking(7, more(taken), replicas(10)), [green(1, more(8), { agents: mine })]).evaluation;
  const first = publishedReport(evaluatedEntry(judged(4), published, { publications: [], readings: [] }));
  if (first === null) throw new Error("The first report is one.");
  expect(first.budgets).toEqual([{ id: "budget:added_replicas/agent/claude", excess: "2" }]);
  const known = { publications: [first], readings: [] };
  expect(publishedReport(evaluatedEntry(judged(4), published, known))).toBeNull();
  expect(publishedReport(evaluatedEntry(judged(5), published, known))?.budgets).toMatchObject([{ excess: "3" }]);
});

test("who holds a place and asks for more takes its turn again, and holds the place until that is published", () => {
  const page = green(7, more(2), { agents: mine, readySinceMs: 5 });
  const books = [page, green(8, more(6), { agents: mine, readySinceMs: 6 })];
  const { evaluation, booking } = budgeted(asking(7, more(9), replicas(10)), books);
  expect(evaluation.verdict).toBe("wait");
  expect(booking).toMatchObject({ holds: true, readySinceMs: nowMs });
  expect(budgeted(asking(7, more(4), replicas(10)), books).evaluation.verdict).toBe("allow");
  expect(budgeted(asking(7, more(1), replicas(10)), books).booking).toMatchObject({ holds: true, readySinceMs: 5 });
});

/** What the books should come to, kept without them: what each took, whether it is green, and when it was merged. */
interface Kept {
  readonly amount: number | null;
  readonly green: boolean;
  readonly mergedMs: number | null;
}

test("however agents open, push, merge and close: what is green or lately merged adds up to no more than there is, and nobody loses a place who asks for no more", () => {
  const amount = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null));
  const act = fc.record({
    number: fc.integer({ min: 1, max: 6 }),
    act: fc.constantFrom("look", "look", "push", "hold", "merge", "close", "later"),
    amount,
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.integer({ min: 3, max: 12 }), (acts, max) => {
      const budgets = replicas(max);
      const kept = new Map<number, Kept>();
      const denied: number[] = [];
      let books: readonly Booking[] = [];
      let atMs = nowMs;
      const counts = ({ green: isGreen, mergedMs }: Kept): boolean =>
        isGreen || (mergedMs !== null && mergedMs + dayMs > atMs);
      const sum = (all: readonly Kept[]): number => all.reduce((so, one) => so + (one.amount ?? max), 0);
      for (const { number, act: what, amount: fresh } of acts) {
        const before = kept.get(number);
        const page = books.find((one) => one.subject.number === number);
        const others = books.filter((one) => one !== page);
        atMs += 1;
        if (what === "later") atMs += dayMs / 2;
        else if (before?.mergedMs != null) continue;
        else if (what === "close") {
          books = others;
          kept.delete(number);
        } else if (what === "merge") {
          if (before?.green !== true || page === undefined) continue;
          books = [...others, { ...page, holds: false, readySinceMs: null, mergedAtMs: atMs }];
          kept.set(number, { ...before, green: false, mergedMs: atMs });
        } else {
          const now = what === "push" || before === undefined ? fresh : before.amount;
          // A change that is more than the bound by itself is blocked before the books are opened.
          const isReady = what !== "hold" && (now === null || now <= max);
          const asks = { ...asking(number, more(now), budgets), evaluatedAtMs: atMs };
          const { evaluation, booking } = budgeted({ ...asks, verdict: isReady ? "allow" : "hold" }, books);
          if (booking === null) throw new Error("An agent's change spends.");
          const isGreen = evaluation.verdict === "allow";
          const turn = evaluation.verdict === "wait" ? booking.readySinceMs : null;
          books = [...others, isGreen ? booking : { ...booking, holds: false, readySinceMs: turn }];
          const beside = [...kept].flatMap(([other, one]) => (other !== number && counts(one) ? [one] : []));
          const asksNoMore = before !== undefined && (before.amount === null || (now !== null && now <= before.amount));
          const keeps = isReady && before?.green === true && asksNoMore;
          const first = books.filter((one) => one.readySinceMs !== null && !one.holds && one.mergedAtMs === null);
          const waits = first.some((one) => one.subject.number !== number && one.takes?.addedReplicas !== 0);
          const fits = isReady && !waits && sum(beside) + (now ?? max) <= max;
          if (!isGreen && (keeps || fits)) denied.push(number);
          kept.set(number, { amount: now, green: isGreen, mergedMs: null });
        }
        expect(sum([...kept.values()].filter(counts))).toBeLessThanOrEqual(max);
      }
      expect(denied).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
