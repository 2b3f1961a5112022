import type { Step } from "../scenario/acts.ts";
import { type Plot, step } from "./plot.ts";
import type { Random } from "./random.ts";
import { about, agreement, anybody, type Scene } from "./scenes.ts";
import { administrator, agents, deployment, deploymentPath, liftable, replicasLimit, writers } from "./shop.ts";

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
    write: about((on, { random }) => liftedByAll(random, on)),
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
  haltMeanwhile: { weight: 1.5, write: about(haltOnTheWay) },
  liftedThenPushed: { weight: 1, write: about(liftedThenPushed) },
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

function liftedByAll(random: Random, on: string): readonly Step[] {
  return random.shuffled([...writers]).map((by) => comment(on, by, `override {head} ${liftable.join(",")} agreed`));
}

/** What was lifted on one head, on the next. */
function liftedThenPushed(on: string, plot: Plot, branch: string): readonly Step[] {
  const { random } = plot;
  const by = random.pick(agents);
  const push = (files: Readonly<Record<string, string>>): Step =>
    step("push", { push: branch, by, refused: undefined, files });
  return [
    push({ [deploymentPath]: deployment(replicasLimit * 4, 1) }),
    ...liftedByAll(random, on),
    ...agreement(random, on),
    push({ "notes/0.md": `${random.below(9)}\n` }),
    ...agreement(random, on),
  ];
}

/** Somebody halts while the approval that makes it green is being followed, and what is armed would merge at once. */
function haltOnTheWay(on: string, { random }: Plot): readonly Step[] {
  const words = agreement(random, on);
  const during = random.pick(["after collect", "after evaluate"] as const);
  return [
    step("arm", { arm: random.pick(writers), on, refused: undefined }),
    ...words.toSpliced(random.below(words.length), 0, halt(random, during)),
  ];
}

function halt(random: Random, during?: "after collect" | "after evaluate"): Step {
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
