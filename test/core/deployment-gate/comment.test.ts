import { describe, expect, test } from "vitest";
import { commentMax, deploymentComment } from "../../../src/core/report/deployment.ts";
import { arrival, factsOf, halt, judge, judged, sha } from "./facts.ts";

const commentOn = (...given: Parameters<typeof judge>): string => deploymentComment(judge(...given));

describe("the comment on a deployment", () => {
  test("says what was compared, and which pull requests lie between", () => {
    expect(commentOn(factsOf())).toBe(
      "**Approved.** To deploy: `bbbbbbb`; live: `aaaaaaa`. 1 pull request between, each allowed at its merged head: #1.",
    );
  });

  test("says why it is rejected, and then what can be done", () => {
    expect(commentOn(factsOf({ branch: null }))).toBe(
      "**Rejected.** `bbbbbbb` is on no branch where this app's check is required and pinned to it. **What to do.** Merge it into such a branch and deploy from there.",
    );
  });

  test("is the same for the same facts at another moment", () => {
    const policy = "freezes: [{ name: a, from: 2026-03-02T08:00, to: 2026-03-02T10:00, applies_to: everyone }]\n";
    expect(commentOn(factsOf(), policy)).toBe(commentOn(factsOf(), policy, Date.UTC(2026, 2, 2, 9, 30)));
  });

  test("never exceeds what GitHub takes, ends with a whole sentence, and keeps what can be done", () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      arrival({ id: index }, [judged(index + 1, { verdict: "block" })]),
    );
    const comment = commentOn(factsOf({ arrivals: many }));
    expect(comment.length).toBeLessThanOrEqual(commentMax);
    expect(comment).toContain("**What to do.**");
    expect(comment).toMatch(/\. \d+ more sentences not shown\.$/u);
  });

  test("lets nothing of what somebody wrote take effect", () => {
    const reason = "`@acme/all` ![x](https://evil.example/p.png) <b>\u202E #1 ``` ".repeat(40);
    const comment = commentOn(
      factsOf({ halts: [halt({ reason })], subject: { ...factsOf().subject, environment: "a`@b" } }),
    );
    expect(comment.length).toBeLessThanOrEqual(commentMax);
    const live = comment.replaceAll(/`[^`]*`/gu, "").replaceAll(/<code>.*?<\/code>/gu, "");
    expect(live).not.toMatch(/@|\u202E|https:|<b>/u);
  });

  test("names ten pull requests and counts the rest", () => {
    const many = Array.from({ length: 30 }, (_, index) => arrival({ id: index }, [judged(index + 1)]));
    expect(commentOn(factsOf({ arrivals: many, headSha: sha("d") }))).toContain("#10 and 20 more.");
  });
});
