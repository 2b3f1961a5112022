// A worker whose evaluations do what the title of the pull request says.
import { serveEvaluations } from "../../../src/adapters/workers/serve.ts";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";

let evaluations = 0;

serveEvaluations(() =>
  Promise.resolve(({ facts, nowMs }) => {
    evaluations += 1;
    switch (facts.pullRequest.title) {
      case "hang":
        for (;;);
      case "throw":
        throw new RangeError("quoted source");
      case "exit":
        return process.exit(0);
      case "allocate": {
        const held: string[][] = [];
        for (;;) held.push(Array.from({ length: 10_000 }, (_, index) => `${index}`));
      }
      case "uncloneable":
        return { title: () => "a function" } as unknown as Evaluation;
      default:
        return {
          title: `${facts.pullRequest.title}, evaluation ${evaluations} of its process`,
          evaluatedAtMs: nowMs,
          unknowable: Object.keys(process.env),
        } as unknown as Evaluation;
    }
  }),
);
