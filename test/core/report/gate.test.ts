import { expect, test } from "vitest";
import type { Posture } from "../../../src/core/posture/posture.ts";
import { renderMarkdown } from "../../../src/core/report/markdown.ts";
import { postureOf, requiring } from "../posture/postures.ts";
import { evaluation } from "./evaluations.ts";

const report = (posture: Posture | null): string => renderMarkdown({ ...evaluation(), posture }, "https://github.com");

test("a gate that does not hold is said before the fold, with the way to mend it", () => {
  const [summary = ""] = report(postureOf({ requiring: [] })).split("\n---\n");
  expect(summary).toContain("**This gate does not hold here:** the check `sallyport` is not required on `main`.");
  expect(summary).toContain("`sallyport doctor acme/infra`");
});

test("a gate that holds takes one line among the evidence", () => {
  const text = report(postureOf());
  expect(text).not.toContain("does not hold");
  expect(text).toContain(
    "- The gate holds: check `sallyport` is required on `main` and pinned to this app; nobody may bypass it\n",
  );
});

test("a gate of which not all is known is not said to hold", () => {
  const text = report(postureOf({ requiring: [requiring({ bypass: null })], deletionForbidden: false }));
  expect(text).not.toContain("The gate holds");
  expect(text).toMatch(
    /- Whether the gate holds is not known: .* pinned to this app; who may bypass it: .*; `main` may be deleted/,
  );
});

test("a report that is made without GitHub says nothing of the gate", () => {
  expect(report(null)).not.toMatch(/gate (holds|does not)/i);
});

test("the name of a branch stays a name", () => {
  const text = report(postureOf({ branch: "x` @acme/all <b>", requiring: [] }));
  expect(text).not.toContain("<b>");
  expect(text).not.toMatch(/[^`]@acme\/all[^`]/);
});
