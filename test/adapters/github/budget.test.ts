import { describe, expect, test, vi } from "vitest";
import { type BudgetLimits, RequestBudget } from "../../../src/adapters/github/budget.ts";
import { RetryLater } from "../../../src/app/ports.ts";

const limits: BudgetLimits = { concurrent: 2, waiting: 1, pauseMs: 60_000, pace: null };
const read = { points: 1, createsContent: false };
const answer = (status: number, headers: Record<string, string> = {}, text = "{}") =>
  Promise.resolve(new Response(text, { status, headers }));
const retryAt = async (promise: Promise<unknown>): Promise<number> => {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RetryLater)) throw new Error(`Expected RetryLater, saw ${String(error)}`);
  return error.retryAtMs;
};

function budgetAt(startMs: number) {
  let nowMs = startMs;
  const budget = new RequestBudget(
    limits,
    () => nowMs,
    async () => undefined,
  );
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { budget, advance };
}

describe("a limit that GitHub states", () => {
  test("with the last request left closes its bucket until the reset, and only its bucket", async () => {
    const { budget, advance } = budgetAt(1_000_000);
    const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1060" };
    await budget.spend("core", read, () => answer(200, spent));
    let sent = 0;
    const send = () => {
      sent += 1;
      return answer(200);
    };
    expect(await retryAt(budget.spend("core", read, send))).toBe(1_060_000);
    expect(sent).toBe(0);
    await budget.spend("graphql", read, send);
    advance(60_000);
    await budget.spend("core", read, send);
    expect(sent).toBe(2);
  });

  test("by a refused request is not taken for an answer", async () => {
    const { budget } = budgetAt(1_000_000);
    const spent = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1060" };
    expect(await retryAt(budget.spend("core", read, () => answer(403, spent)))).toBe(1_060_000);
  });

  test.each([403, 429])("by %i with retry-after closes both buckets for that long", async (status) => {
    const { budget } = budgetAt(1_000_000);
    expect(await retryAt(budget.spend("core", read, () => answer(status, { "retry-after": "30" })))).toBe(1_030_000);
    expect(await retryAt(budget.spend("graphql", read, () => answer(200)))).toBe(1_030_000);
  });

  test("by its text alone closes both buckets for a minute", async () => {
    const { budget } = budgetAt(1_000_000);
    const text = '{"message":"You have exceeded a secondary rate limit."}';
    expect(await retryAt(budget.spend("core", read, () => answer(403, {}, text)))).toBe(1_060_000);
    expect(await retryAt(budget.spend("graphql", read, () => answer(200)))).toBe(1_060_000);
  });

  test("is not seen in a 403 for a missing permission, whose body stays readable", async () => {
    const { budget } = budgetAt(1_000_000);
    const text = '{"message":"Resource not accessible by integration"}';
    const response = await budget.spend("core", read, () => answer(403, {}, text));
    expect(await response.text()).toBe(text);
  });
});

describe("requests at once", () => {
  const open = () => {
    const ends: (() => void)[] = [];
    const send = () => new Promise<Response>((resolve) => ends.push(() => resolve(new Response("{}"))));
    const sent = (count: number) => vi.waitFor(() => expect(ends).toHaveLength(count));
    return { ends, send, sent };
  };

  test("wait for a place, and more than may wait are refused", async () => {
    const { budget } = budgetAt(0);
    const { ends, send, sent } = open();
    const first = budget.spend("core", read, send);
    const second = budget.spend("graphql", read, send);
    const third = budget.spend("core", read, send);
    expect(await retryAt(budget.spend("core", read, send))).toBe(60_000);
    await sent(2);
    expect(budget.view().running).toBe(2);
    ends[0]?.();
    await first;
    await sent(3);
    ends[1]?.();
    ends[2]?.();
    await Promise.all([second, third]);
    expect(budget.view().running).toBe(0);
  });

  test("that waited are not sent once the bucket has closed", async () => {
    const { budget } = budgetAt(0);
    const { ends, send, sent } = open();
    const closing = budget.spend("core", read, () => send().then(() => answer(429, { "retry-after": "5" })));
    const other = budget.spend("core", read, send);
    const waiting = budget.spend("core", read, send);
    await sent(2);
    ends[0]?.();
    expect(await retryAt(closing)).toBe(5_000);
    expect(await retryAt(waiting)).toBe(5_000);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await other;
  });

  test("give their place back when they fail", async () => {
    const { budget } = budgetAt(0);
    await expect(budget.spend("core", read, () => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
    expect(budget.view().running).toBe(0);
  });
});
