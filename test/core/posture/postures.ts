import type { Posture, Requiring } from "../../../src/core/posture/posture.ts";

export const ownApp = 4711;

/** A rule that is pinned to this app and that nobody may bypass; every part can be replaced. */
export function requiring(overrides: Partial<Requiring> = {}): Requiring {
  return { source: "ruleset", pinnedTo: ownApp, bypass: [], ...overrides };
}

/** A branch whose gate holds; every part can be replaced. */
export function postureOf(overrides: Partial<Posture> = {}): Posture {
  return {
    branch: "main",
    checkName: "sallyport",
    appId: ownApp,
    requiring: [requiring()],
    unread: [],
    deletionForbidden: true,
    forcePushForbidden: true,
    ...overrides,
  };
}
