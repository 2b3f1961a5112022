import { expect, test } from "vitest";
import { type BypassActor, type Posture, standingOf, weaknesses } from "../../../src/core/posture/posture.ts";
import { postureOf, requiring } from "./postures.ts";

const admins: BypassActor = { kind: "administrators", id: null, mode: "always" };

function toldOf(overrides: Partial<Posture>): string {
  const standing = standingOf(postureOf(overrides));
  return standing.gate === "holds" ? "holds" : `${standing.gate}: ${standing.because.join("; ")}`;
}

test("a check that is required, pinned and bypassed by nobody is a gate", () => {
  expect(toldOf({})).toBe("holds");
});

test("a check that is not required is none", () => {
  expect(toldOf({ requiring: [] })).toBe("does not hold: the check `sallyport` is not required on `main`");
});

test("a check that any app may post is none, and neither is one that another app posts", () => {
  expect(toldOf({ requiring: [requiring({ pinnedTo: null })] })).toMatch(/^does not hold: .* not pinned to this app/);
  expect(toldOf({ requiring: [requiring({ pinnedTo: 1 })] })).toMatch(/^does not hold: .* from another app/);
});

test("beside a rule that is pinned to this app, one that is not takes nothing away", () => {
  expect(toldOf({ requiring: [requiring({ pinnedTo: null, bypass: [admins] }), requiring()] })).toBe("holds");
});

test("what could not be read is unknown and not fine", () => {
  expect(toldOf({ requiring: [], unread: ["the rulesets could not be read"] })).toBe(
    "unknown: the rulesets could not be read",
  );
  expect(toldOf({ requiring: [requiring({ bypass: null })] })).toMatch(/^unknown: who may bypass it/);
  expect(toldOf({ requiring: [requiring({ bypass: null }), requiring({ bypass: [admins] })] })).toMatch(/^unknown/);
});

test("what could not be read takes nothing from a rule that was read", () => {
  expect(toldOf({ unread: ["the classic protection could not be read"] })).toBe("holds");
});

test("a gate that somebody may walk around does not hold, and everybody who may is named once", () => {
  const bypass: BypassActor[] = [
    admins,
    { kind: "organisation_administrators", id: null, mode: "pull_request" },
    { kind: "role", id: 5, mode: "always" },
    { kind: "role", id: 77, mode: "always" },
    { kind: "app", id: 1_143_301, mode: "exempt" },
    { kind: "app", id: 9, mode: "always" },
    { kind: "team", id: 3, mode: "always" },
    { kind: "deploy_keys", id: null, mode: "always" },
    { kind: "this_app", id: null, mode: "always" },
  ];
  expect(toldOf({ requiring: [requiring({ bypass }), requiring({ bypass: [admins] })] })).toBe(
    "does not hold: it can be bypassed by administrators of the repository (always), owners of the organisation (for pull requests), " +
      "role admin (always), role 77 (always), app 1143301 (the cloud agent of GitHub Copilot) (exempt, which leaves no trace), " +
      "app 9 (always), team 3 (always), deploy keys (always), this app itself (always)",
  );
});

test("one rule that nobody may bypass is enough, whoever may bypass another", () => {
  expect(toldOf({ requiring: [requiring({ bypass: [admins] }), requiring()] })).toBe("holds");
});

test("a branch that may be deleted or force-pushed is said to be so only where that is known", () => {
  expect(weaknesses(postureOf({ deletionForbidden: false, forcePushForbidden: false }))).toHaveLength(2);
  expect(weaknesses(postureOf({ deletionForbidden: null, forcePushForbidden: null }))).toEqual([]);
});
