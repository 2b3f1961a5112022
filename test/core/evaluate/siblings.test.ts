import { expect, test } from "vitest";
import { share } from "../../../src/core/evaluate/siblings.ts";
import { pullRequest } from "../../contracts/subjects.ts";

test("alone, the own verdict stands", () => {
  expect(share("wait", [])).toEqual({ verdict: "wait", because: [] });
});

test("the worst of all stands, and names who asks for it in the order of their ids", () => {
  const [second, third] = [
    { subject: pullRequest(2), verdict: "block" },
    { subject: pullRequest(3), verdict: "block" },
  ] as const;
  const shared = share("allow", [third, { subject: pullRequest(4), verdict: "hold" }, second]);
  expect(shared).toEqual({ verdict: "block", because: [second, third] });
});

test("siblings that are as bad as the subject itself are no reason", () => {
  expect(share("block", [{ subject: pullRequest(2), verdict: "block" }])).toEqual({ verdict: "block", because: [] });
});

test("who was not judged counts as hold, the subject and siblings alike", () => {
  const unjudged = { subject: pullRequest(2), verdict: null };
  expect(share("allow", [unjudged])).toEqual({ verdict: "hold", because: [unjudged] });
  expect(share(null, [{ subject: pullRequest(2), verdict: "allow" }])).toEqual({ verdict: "hold", because: [] });
  expect(share(null, [{ subject: pullRequest(2), verdict: "block" }]).verdict).toBe("block");
});
