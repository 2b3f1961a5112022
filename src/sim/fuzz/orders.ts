import type { Step } from "../scenario/acts.ts";
import { step } from "./plot.ts";
import type { Random } from "./random.ts";
import { about, anybody, type Scene } from "./scenes.ts";
import { administrator, agents, liftable, writers } from "./shop.ts";

/** What people order, and what others try to order: by comments, and over HTTP. */
export const orders: Readonly<Record<string, Scene>> = {
  haltByComment: {
    weight: 1.5,
    write: about((on, { random }) => [comment(on, anybody(random), haltWords(random), through(random))]),
  },
  resumeByComment: {
    weight: 4,
    write: about((on, { random }) => [
      comment(on, random.chance(0.6) ? administrator : anybody(random), resumeWords(random), through(random)),
    ]),
  },
  override: { weight: 5, write: about((on, { random }) => [override(on, anybody(random), random)]) },
  lifted: {
    weight: 5,
    write: about((on, { random }) =>
      random.shuffled([...writers]).map((by) => comment(on, by, `override {head} ${liftable.join(",")} agreed`)),
    ),
  },
  otherWords: {
    weight: 1,
    write: about((on, { random }) => [
      comment(on, anybody(random), random.pick(["recheck", "explain", "merge", "override {head}", "resume"])),
    ]),
  },
  editedIntoOrder: {
    weight: 1,
    write: about((on, { random }) => [
      step("comment", { comment: "Looks fine to me.", by: random.pick(writers), on }),
      step("edit_comment", {
        edit_comment: `/sallyport ${random.pick([overrideWords(random), "resume it is over", "halt"])}`,
        by: random.pick(writers),
        on,
      }),
    ]),
  },
  editedAfterwards: {
    weight: 1,
    write: about((on, { random }) => [
      step("edit_comment", { edit_comment: "Never mind.", by: random.pick(writers), on }),
    ]),
  },
  deletedComment: {
    weight: 1,
    write: about((on, { random }) => [step("delete_comment", { delete_comment: random.pick(writers), on })]),
  },
  halt: { weight: 2, write: ({ random }) => [halt(random)] },
  haltMeanwhile: {
    weight: 1,
    write: about((on, { random }) => [
      { ...halt(random, "after collect") },
      step("arm", { arm: random.pick(writers), on, refused: undefined }),
      step("approve", { approve: random.pick(writers), on }),
    ]),
  },
  resume: {
    weight: 5,
    write: ({ random }) => [
      step("resume", {
        resume: "everything",
        reason: "it is over",
        ...(random.chance(0.9) ? { token: "right" as const } : { token: "wrong" as const, refused: 401 }),
      }),
    ],
  },
};

function comment(on: string, by: string, words: string, app: { readonly through?: string } = {}): Step {
  return step("comment", { comment: `/sallyport ${words}`, by, on, ...app });
}

/** An app that writes with somebody's account. */
function through(random: Random): { readonly through?: string } {
  return random.chance(0.1) ? { through: "coding-helper" } : {};
}

function haltWords(random: Random): string {
  return random.pick(["halt", "halt", "halt everyone", "halt agent copilot", "halt organisation"]);
}

function resumeWords(random: Random): string {
  return random.pick([
    "resume it is over",
    "resume it is over",
    "resume organisation it is over",
    "resume agent copilot over",
  ]);
}

function overrideWords(random: Random): string {
  const names = random.chance(0.7) ? liftable.join(",") : random.pick(liftable);
  return `${random.pick(["override", "override", "break-glass"])} {head} ${names} it is fine`;
}

function override(on: string, by: string, random: Random): Step {
  return comment(on, by, overrideWords(random), through(random));
}

function halt(random: Random, during?: "after collect"): Step {
  const kind = random.pick(["everywhere", "organisation", "repository", "agent"] as const);
  return step("halt", {
    halt: kind,
    reason: "",
    token: "right",
    ...(kind === "agent" ? { agent: random.pick(agents) } : {}),
    ...(kind !== "agent" && random.chance(0.3) ? { everyone: true as const } : {}),
    ...(during === undefined ? {} : { during }),
  });
}
