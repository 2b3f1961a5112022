import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { budgeted } from "../../../src/core/evaluate/budgeted.ts";
import type { Requirement } from "../../../src/core/evaluate/evaluation.ts";
import type { Budgets } from "../../../src/core/policy/schema.ts";
import { type Booking, isWaiting, type Takes, windowMs } from "../../../src/core/requirements/booking.ts";
import { budgetShortages } from "../../../src/core/requirements/budget.ts";
import { title } from "../../../src/core/report/words.ts";
import type { PullRequestSubject } from "../../../src/core/subject.ts";
import { byPerson, judge, repository } from "../evaluate/changes.ts";
import { changeOf, factsOf, file } from "../facts.ts";

const nowMs = 1_795_000_000_000;
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
const nothing: Takes = {
  baseRef: "main",
  modules: [],
  addedMemory: 0,
  addedReplicas: 0,
  deletes: 0,
  pools: {},
};
const anHour = (max: number, ...per: readonly ("agent" | "repository")[]): Budgets => ({
  ...none,
  changesPerHour: { max, per },
});
const atATime = (max: number): Budgets => ({ ...none, servicesAtATime: { max, per: ["agent"] } });
const atOnce = (max: number): Budgets => ({ ...none, openPullRequests: { max, per: ["agent"] } });

function subject(number: number, repositoryId = 10): PullRequestSubject {
  const name = repositoryId === 10 ? "infra" : "secret-name";
  return { kind: "pull_request", installationId: 1, repository: { id: repositoryId, owner: "acme", name }, number };
}
function waiting(number: number, overrides: Partial<Booking> = {}): Booking {
  return {
    subject: subject(number),
    agents: ["claude"],
    services: [],
    reachesUnknown: false,
    takes: nothing,
    openedAtMs: number,
    readySinceMs: nowMs + number,
    holds: false,
    mergedAtMs: null,
    ...overrides,
  };
}
const green = (number: number, overrides: Partial<Booking> = {}): Booking =>
  waiting(number, { holds: true, ...overrides });
const merged = (number: number, agoMs: number, overrides: Partial<Booking> = {}): Booking =>
  waiting(number, { readySinceMs: null, mergedAtMs: nowMs - agoMs, ...overrides });

function requirements(own: Booking, others: readonly Booking[], budgets: Budgets): readonly Requirement[] {
  return budgetShortages(own, others, { budgets, rooms: [] }, nowMs).map(({ requirement }) => requirement);
}

/** Why it waits, as the number of the one that it waits for, or null. */
function behind(own: Booking, others: readonly Booking[], budgets: Budgets): readonly (string | undefined)[] {
  return requirements(own, others, budgets).map(({ now }) => /^behind pull request (\d+)/.exec(now)?.[1]);
}
function until(own: Booking, others: readonly Booking[], budgets: Budgets): readonly (number | null | undefined)[] {
  return requirements(own, others, budgets).map(({ state }) => (state.kind === "waiting" ? state.untilMs : undefined));
}

describe("changes per hour", () => {
  test.each<[string, readonly Booking[], string | null]>([
    ["two green ones", [green(1), green(2)], "1"],
    ["one green and one merged within the hour, which leaves by itself", [green(1), merged(2, 5)], "2"],
    ["one green, and one that was ready before", [green(1), waiting(2)], "1"],
    ["one green alone", [green(1)], null],
    ["one green, and one that is ready since later", [green(1), waiting(8)], null],
    ["one green, and one that is open and not ready", [green(1), waiting(2, { readySinceMs: null })], null],
    ["one green, and one merged an hour ago", [green(1), merged(2, windowMs)], null],
    ["one green, and one merged a moment less than an hour ago", [green(1), merged(2, windowMs - 1)], "2"],
    ["one green, and one merged in what a clock that was set back calls the future", [green(1), merged(2, -5)], "2"],
    ["two green ones of another agent", [green(1, { agents: ["codex"] }), green(2, { agents: ["codex"] })], null],
    [
      "two green ones with the marks of another agent as well",
      [green(1, { agents: ["codex", "claude"] }), green(2)],
      "1",
    ],
    [
      "two green ones of another repository",
      [green(1, { subject: subject(1, 11) }), green(2, { subject: subject(2, 11) })],
      null,
    ],
  ])("where two are allowed a third waits behind %s", (_, others, expected) => {
    expect(behind(waiting(7), others, anHour(2, "agent", "repository"))).toEqual(expected === null ? [] : [expected]);
  });

  test("who holds a place keeps it before all who were ready earlier", () => {
    expect(behind(green(7), [green(1), waiting(2)], anHour(2, "agent"))).toEqual([]);
    expect(behind(green(7), [green(1), green(2)], anHour(2, "agent"))).toEqual(["1"]);
  });

  test("each that waits learns when enough merges have left the window for it and for all before it", () => {
    const others = [merged(1, 50), merged(2, 20), waiting(3)];
    const bound = anHour(2, "agent");
    expect(until(waiting(3), others.slice(0, 2), bound)).toEqual([nowMs - 50 + windowMs]);
    expect(until(waiting(4), others, bound)).toEqual([nowMs - 20 + windowMs]);
    expect(until(waiting(5), [...others, waiting(4)], bound)).toEqual([null]);
    expect(behind(waiting(5), [...others, waiting(4)], bound)).toEqual(["3"]);
  });

  test("counted for an agent everywhere, another repository is named by the number alone", () => {
    const [requirement] = requirements(waiting(7), [green(1, { subject: subject(1, 11) })], anHour(1, "agent"));
    expect(requirement).toMatchObject({
      id: "budget:changes_per_hour/agent/claude",
      what: "At most 1 change an hour of `claude` everywhere",
      now: "behind pull request 1 of another repository until that makes room: 0 merged within the hour, 1 green, 0 that wait before it",
    });
    expect(JSON.stringify(requirement)).not.toContain("secret-name");
  });

  test("counted for a repository, or for nothing, agents share it", () => {
    const others = [green(1, { agents: ["codex"] }), green(2, { agents: ["codex"], subject: subject(2, 11) })];
    expect(behind(waiting(7), others, anHour(2, "repository"))).toEqual([]);
    expect(behind(waiting(7), others, anHour(1, "repository"))).toEqual(["1"]);
    expect(behind(waiting(7), others, anHour(2))).toEqual(["1"]);
  });

  test("a change of two agents waits for each that has nothing left", () => {
    const both = waiting(7, { agents: ["claude", "codex"] });
    const others = [green(1), green(2, { agents: ["codex"] })];
    expect(behind(both, others, anHour(1, "agent"))).toEqual(["1", "2"]);
    expect(behind(both, others.slice(1), anHour(1, "agent"))).toEqual(["2"]);
  });

  test("a budget of nothing, and an agent without a name, are no way around", () => {
    for (const budgets of [anHour(0, "agent"), atOnce(0)]) {
      const [requirement] = requirements(waiting(7), [], budgets);
      expect(requirement?.state).toEqual({ kind: "waiting", untilMs: null });
      expect(requirement?.now).toMatch(/^no place: /);
    }
    expect(behind(waiting(7, { agents: [] }), [green(1)], anHour(1, "agent"))).toEqual(["1"]);
  });

  test("the name of an agent takes no effect in a report", () => {
    const own = waiting(7, { agents: ["a`@acme/sre"] });
    const [requirement] = requirements(own, [green(1, { agents: own.agents })], anHour(1, "agent"));
    expect(requirement?.what).toContain("`a'@acme/sre`");
  });
});

describe("open pull requests", () => {
  test("the oldest may be green, whether the others are or not", () => {
    const open = (number: number) => waiting(number, { readySinceMs: null });
    expect(behind(waiting(3), [open(1), open(2)], atOnce(2))).toEqual(["1"]);
    expect(behind(waiting(2), [open(1), open(3)], atOnce(2))).toEqual([]);
    expect(behind(waiting(3), [open(1), merged(2, 5)], atOnce(2))).toEqual([]);
    expect(behind(waiting(2), [open(1), green(3), green(4)], atOnce(2))).toEqual(["1"]);
  });
});

describe("services at a time", () => {
  const api = { services: ["api"] };
  const search = { services: ["search"] };
  test.each<[string, Partial<Booking>, readonly Booking[], string | null]>([
    ["a green one of another service", search, [green(1, api)], "1"],
    ["a green one of the same service", api, [green(1, api)], null],
    ["one that was ready before, of another service", search, [waiting(1, api)], "1"],
    ["a merge of another service within the hour", search, [merged(1, 5, api)], "1"],
    ["a merge of another service before that", search, [merged(1, windowMs, api)], null],
    ["a green one that reaches nobody knows where", api, [green(1, { reachesUnknown: true })], "1"],
    ["a green one, where itself reaches nobody knows where", { reachesUnknown: true }, [green(1, api)], "1"],
    ["a green one of another service, where itself reaches none", {}, [green(1, api)], null],
    ["nothing, where itself reaches one and nobody knows where", { ...api, reachesUnknown: true }, [], null],
  ])("a change waits behind %s", (_, own, others, expected) => {
    expect(behind(waiting(7, own), others, atATime(1))).toEqual(expected === null ? [] : [expected]);
  });

  test("it waits until the last merge that is too much is an hour old", () => {
    const others = [merged(1, 50, api), merged(2, 30, search), merged(3, 10, { services: ["web"] })];
    const own = waiting(7, { services: ["web"] });
    expect(until(own, others, atATime(1))).toEqual([nowMs - 30 + windowMs]);
    expect(until(own, others, atATime(2))).toEqual([nowMs - 50 + windowMs]);
    expect(until(own, [...others, green(4, api)], atATime(1))).toEqual([null]);
  });
});

/** Only budgets matter to these changes. */
const agents = (text: string) =>
  judge(factsOf({ change: changeOf(file("README.md", "a\n", "b\n")) }), [
    repository(`approvals: { by_risk: 0 }\n${text}`),
  ]);
const oneAnHour = "budgets: { changes_per_hour: { max: 1 } }\n";

describe("an evaluation over the books", () => {
  test("takes a place where there is one, and says nothing of it", () => {
    const evaluation = agents(oneAnHour);
    expect(evaluation.verdict).toBe("allow");
    const { evaluation: after, booking } = budgeted(evaluation, []);
    expect(after).toEqual(evaluation);
    expect(booking).toMatchObject({ holds: true, readySinceMs: evaluation.evaluatedAtMs, mergedAtMs: null });
  });

  test("waits where there is none, and is looked at again when the place is free", () => {
    const evaluation = agents(oneAnHour);
    const mergedAtMs = evaluation.evaluatedAtMs - 5;
    const other = waiting(1, { agents: evaluation.provenance.agents, readySinceMs: null, mergedAtMs });
    const { evaluation: after, booking } = budgeted(evaluation, [other]);
    expect(after).toMatchObject({
      verdict: "wait",
      next: { actor: "time", action: "wait", atMs: mergedAtMs + windowMs },
      nextLookMs: mergedAtMs + windowMs,
    });
    expect(title(after)).toMatch(/^Wait: At most 1 change an hour of .*behind pull request 1 until/);
    expect(booking).toMatchObject({ holds: false, readySinceMs: evaluation.evaluatedAtMs });
    expect(isWaiting(booking ?? other)).toBe(true);
  });

  test("keeps its turn from one look to the next, and its place until it has been published that it lost it", () => {
    const evaluation = agents(oneAnHour);
    const page = green(0, { subject: evaluation.subject, readySinceMs: 5, agents: evaluation.provenance.agents });
    expect(budgeted(evaluation, [{ ...page, holds: false }]).booking).toMatchObject({ holds: true, readySinceMs: 5 });
    const unready = { ...evaluation, verdict: "hold" as const };
    expect(budgeted(unready, [page])).toMatchObject({ evaluation: unready, booking: { holds: true, readySinceMs: 5 } });
    expect(budgeted(unready, []).booking).toMatchObject({ holds: false, readySinceMs: null });
  });

  test("of a person spends nothing", () => {
    const evaluation = judge(byPerson(), [repository(oneAnHour)]);
    expect(budgeted(evaluation, [green(1)])).toEqual({ evaluation, booking: null });
  });

  test("blocks where it reaches more services by itself than are allowed at a time", () => {
    const change = changeOf(file("services/api/a.md", null, "a\n"), file("services/search/a.md", null, "a\n"));
    const text =
      'layout: ["services/{service}/**"]\napprovals: { by_risk: 0 }\nbudgets: { services_at_a_time: { max: 1 } }\n';
    const evaluation = judge(factsOf({ change }), [repository(text)]);
    expect(evaluation.verdict).toBe("block");
    expect(evaluation.next).toMatchObject({ actor: "agent", action: "push" });
    expect(evaluation.next.do).toContain("this change alone reaches 2");
  });
});

test("however agents open, push, merge and close: no more are green or lately merged than the budget has, and the one that was ready first takes the first place", () => {
  const act = fc.record({
    number: fc.integer({ min: 1, max: 8 }),
    act: fc.constantFrom("look", "look", "hold", "merge", "close", "later"),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (acts, max) => {
      const evaluation = agents(`budgets: { changes_per_hour: { max: ${max} } }\n`);
      let books: readonly Booking[] = [];
      let atMs = nowMs;
      for (const { number, act: what } of acts) {
        const mine = subject(number);
        const others = books.filter((one) => one.subject.number !== number);
        const page = books.find((one) => one.subject.number === number);
        if (what === "later") atMs += windowMs / 2;
        else if (what === "close") books = page?.mergedAtMs === null ? others : books;
        else if (what === "merge")
          books =
            page?.holds === true ? [...others, { ...page, holds: false, readySinceMs: null, mergedAtMs: atMs }] : books;
        else if (page === undefined || page.mergedAtMs === null) {
          atMs += 1;
          const verdict = what === "hold" ? ("hold" as const) : ("allow" as const);
          const { evaluation: after, booking } = budgeted(
            { ...evaluation, subject: mine, evaluatedAtMs: atMs, verdict },
            books,
          );
          if (booking === null) throw new Error("An agent's change spends.");
          const left = after.verdict === "hold" ? { ...booking, holds: false, readySinceMs: null } : booking;
          books = [...others, left];
        }
        const counted = books.filter(
          ({ holds, mergedAtMs }) => holds || (mergedAtMs !== null && mergedAtMs + windowMs > atMs),
        );
        expect(counted.length).toBeLessThanOrEqual(max);
      }
      const [first] = books.filter(isWaiting).toSorted((a, b) => (a.readySinceMs ?? 0) - (b.readySinceMs ?? 0));
      if (first === undefined) return;
      const taken = books.filter(({ holds, mergedAtMs }) => holds || (mergedAtMs ?? 0) + windowMs > atMs).length;
      const { evaluation: last } = budgeted({ ...evaluation, subject: first.subject, evaluatedAtMs: atMs }, books);
      expect(last.verdict).toBe(taken < max ? "allow" : "wait");
    }),
    { numRuns: 200 },
  );
});
