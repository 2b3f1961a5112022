import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createPool, type PoolLimits } from "../../../src/adapters/workers/pool.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import type { Facts } from "../../../src/core/facts.ts";

const repository = { id: 5, owner: "acme", name: "shop" };
const titled = (title: string): Facts =>
  ({
    subject: { kind: "pull_request", installationId: 7, repository, number: 3 },
    head: { sha: "a".repeat(40), fromFork: false },
    pullRequest: { title },
  }) as unknown as Facts;

/** A pool whose clock is run out by hand. */
function pool(over: Partial<PoolLimits> = {}, worker = "./worker.ts") {
  const clocks = new Set<() => void>();
  const logged: string[] = [];
  const created = createPool(
    {
      worker: new URL(worker, import.meta.url),
      unevaluated: ({ facts }, reason) =>
        ({ title: `${facts.pullRequest.title} came to nothing: ${reason}` }) as unknown as Evaluation,
      after: (_, callback) => {
        clocks.add(callback);
        return () => clocks.delete(callback);
      },
      log: { info: () => {}, warn: () => {}, error: (particulars) => logged.push(JSON.stringify(particulars)) },
    },
    { workers: 1, evaluationMs: 30_000, memoryMb: 64, ...over },
  );
  onTestFinished(() => created.close());
  const evaluate = async (title: string, nowMs = 0) => (await created.evaluate(titled(title), [], nowMs)).title;
  const runOut = () => {
    for (const callback of clocks) callback();
  };
  return { created, evaluate, runOut, clocks, logged };
}

describe("an evaluation", () => {
  test("is made in a worker that lives on, with the given clock reading", async () => {
    const { created, evaluate, clocks } = pool();
    expect(await evaluate("one")).toBe("one, evaluation 1 of its process");
    const second = await created.evaluate(titled("two"), [], 17);
    expect([second.title, second.evaluatedAtMs]).toEqual(["two, evaluation 2 of its process", 17]);
    expect(clocks.size).toBe(0);
  });

  test("sees nothing of the environment and the secrets in it", async () => {
    const { created } = pool();
    expect((await created.evaluate(titled("one"), [], 0)).unknowable).toEqual([]);
  });

  test("waits for a free worker", async () => {
    const { evaluate } = pool({ workers: 2 });
    const titles = await Promise.all(["a", "b", "c", "d", "e"].map((title) => evaluate(title)));
    expect(titles.map((title) => title.split(",")[0])).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("an evaluation that comes to nothing", () => {
  const replaced = async ({ evaluate }: ReturnType<typeof pool>) => {
    expect(await evaluate("next")).toBe("next, evaluation 1 of its process");
  };

  test("for time is answered when the time is over, and its worker is replaced", async () => {
    const made = pool();
    await made.evaluate("first");
    const hanging = made.evaluate("hang");
    await vi.waitFor(() => expect(made.clocks.size).toBe(1));
    made.runOut();
    expect(await hanging).toBe("hang came to nothing: the evaluation took longer than 30 s");
    await replaced(made);
  });

  test("for memory does not take the process along", async () => {
    const made = pool();
    expect(await made.evaluate("allocate")).toBe(
      "allocate came to nothing: the evaluation needed more than 64 MB of memory",
    );
    await replaced(made);
  });

  test.each(["throw", "exit", "uncloneable"])(
    "because of %s is answered, and its worker is replaced",
    async (title) => {
      const made = pool();
      expect(await made.evaluate(title)).toBe(`${title} came to nothing: the evaluation failed`);
      await replaced(made);
    },
  );

  test("because its facts cannot be sent is answered", async () => {
    const { created } = pool();
    const facts = { ...titled("x"), unknowable: [() => "a function"] } as unknown as Facts;
    expect((await created.evaluate(facts, [], 0)).title).toBe("x came to nothing: the evaluation failed");
  });

  test("because there is no such worker is answered", async () => {
    const { evaluate } = pool({}, "./absent.ts");
    expect(await evaluate("x")).toBe("x came to nothing: the evaluation failed");
  });

  test("is logged by where it was, without what it said", async () => {
    const { evaluate, logged } = pool();
    await evaluate("throw");
    expect(logged.join()).toMatch(/"name":"RangeError".*worker\.ts.*"number":3/);
    expect(logged.join()).not.toContain("quoted source");
  });

  test("does not hold up who waits behind it", async () => {
    const { evaluate } = pool();
    const [failed, next] = await Promise.all([evaluate("throw"), evaluate("next")]);
    expect([failed, next]).toEqual([
      "throw came to nothing: the evaluation failed",
      "next, evaluation 1 of its process",
    ]);
  });
});

test("ending the workers rejects what is under way and what waits, and takes nothing more", async () => {
  const { created, evaluate } = pool();
  const outcomes = Promise.allSettled([evaluate("hang"), evaluate("waits")]);
  await created.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(evaluate("late")).rejects.toThrow("the workers have been ended");
});
