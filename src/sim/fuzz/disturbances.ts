import { step } from "./plot.ts";
import { onGitHub, type Scene } from "./scenes.ts";

const webhooks = [
  "pull_request",
  "pull_request_review",
  "push",
  "check_run",
  "check_suite",
  "member",
  "membership",
  "issue_comment",
  "merge_group",
] as const;
const deaths = [
  "before collect",
  "after collect",
  "after evaluate",
  "before publish",
  "after publish",
  "before reply",
  "before reaction",
] as const;
const routes = [
  "POST /repos/{owner}/{repo}/check-runs",
  "PATCH /repos/{owner}/{repo}/check-runs",
  "GET /repos/{owner}/{repo}/pulls",
  "GET /repos/{owner}/{repo}/compare",
  "GET /repos/{owner}/{repo}/git",
  "GET /repos/{owner}/{repo}/collaborators",
  "POST /graphql",
  "GET /",
] as const;

/** What the network, GitHub and the machine do to the service. */
export const disturbances: Readonly<Record<string, Scene>> = {
  hold: { weight: 5, write: () => [step("hold", { hold: "webhooks" })] },
  release: {
    weight: 8,
    write: ({ random }) => [
      step("release", { release: "webhooks", order: random.pick(["first to last", "last to first"]) }),
    ],
  },
  drop: {
    weight: 4,
    write: ({ random }) => [step("drop", { drop: random.pick(webhooks), times: 1 + random.below(2) })],
  },
  double: { weight: 3, write: ({ random }) => [step("double", { double: random.pick(webhooks), times: 2 })] },
  forge: { weight: 1, write: ({ random }) => [step("forge", { forge: random.pick(webhooks), times: 1 })] },
  redeliver: { weight: 2, write: ({ random }) => [step("redeliver", { redeliver: random.pick(webhooks) })] },
  fail: {
    weight: 4,
    write: ({ random }) => [
      step("fail", {
        fail: random.pick(routes),
        with: random.pick([403, 404, 429, 500, 502, "cut" as const]),
        times: 1 + random.below(6),
      }),
    ],
  },
  heal: { weight: 3, write: () => [step("heal", { heal: "github" })] },
  restart: { weight: 2, write: () => [step("server", { server: "restart" })] },
  outage: {
    weight: 2,
    write: (plot) => [
      step("server", { server: plot.random.pick(["kill", "stop"]) }),
      ...(plot.random.chance(0.5) ? (onGitHub["push"]?.write(plot) ?? []) : (onGitHub["dismiss"]?.write(plot) ?? [])),
      step("server", { server: plot.random.chance(0.9) ? "start" : "lose store" }),
    ],
  },
  death: {
    weight: 3,
    write: (plot) => [
      step("kill", { kill: plot.random.pick(deaths) }),
      ...(onGitHub[plot.random.pick(["push", "approve", "dismiss", "close", "retarget"])]?.write(plot) ?? []),
      step("server", { server: "start" }),
    ],
  },
};
