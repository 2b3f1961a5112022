import { ProbotOctokit } from "probot";
import type { Clock } from "../../../src/app/ports.ts";
import type { Repository as Address } from "../../../src/core/subject.ts";
import type { SimApp } from "../../../src/sim/facade/app.ts";
import type { SimOwner } from "../../../src/sim/facade/organization.ts";
import type { SimRepository } from "../../../src/sim/facade/repository.ts";
import { type GitHub, type GitHubOptions, startGitHub } from "../../../src/sim/github.ts";
import type { Account } from "../../../src/sim/state/model.ts";

/** An organisation with one repository, people who write in it, and the app installed, on a GitHub of its own. */
export interface World {
  readonly github: GitHub;
  readonly acme: SimOwner;
  readonly shop: SimRepository;
  readonly writer: Account;
  readonly reviewer: Account;
  readonly app: SimApp;
  readonly installationId: number;
  readonly clock: Clock;
  /** Lets time pass for GitHub and for us. */
  readonly pass: (ms: number) => void;
  readonly at: Address;
  readonly apiFor: (installationId: number) => Promise<ProbotOctokit>;
}

export const startMs = Date.UTC(2026, 1, 17, 9);

export async function startWorld(
  files: Readonly<Record<string, string>> = { "README.md": "shop\n" },
  options: Omit<GitHubOptions, "clock"> = {},
): Promise<World> {
  let nowMs = startMs;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs };
  const github = await startGitHub({ clock, ...options });
  const acme = github.organization("acme");
  const writer = github.user("person-a");
  const reviewer = github.user("person-b");
  acme.member(writer);
  acme.member(reviewer);
  const shop = acme.repository("shop", {
    private: true,
    files,
    people: [
      [writer, "write"],
      [reviewer, "maintain"],
    ],
  });
  const app = github.app({
    slug: "sallyport",
    permissions: {
      metadata: "read",
      actions: "read",
      checks: "write",
      contents: "read",
      pull_requests: "write",
      issues: "write",
      members: "read",
      deployments: "read",
    },
    events: [],
  });
  const installation = app.install(acme.account);
  return {
    github,
    acme,
    shop,
    writer,
    reviewer,
    app,
    installationId: installation.id,
    clock,
    pass: (ms) => {
      nowMs += ms;
    },
    at: { id: shop.state.id, owner: "acme", name: "shop" },
    apiFor: async (installationId) =>
      new ProbotOctokit({
        baseUrl: github.url,
        auth: { appId: app.id, privateKey: app.privateKey, installationId },
        throttle: { enabled: false },
        retry: { enabled: false },
      }),
  };
}
