import { describe, expect, test } from "vitest";
import type { Grounds, Permissions } from "../../../src/core/commands/grounds.ts";
import { judgeCommand, reachesFurther, screenCommand } from "../../../src/core/commands/judge.ts";
import { obeyedForMs } from "../../../src/core/commands/refusals.ts";
import type { CommandComment } from "../../../src/core/decisions/command-comment.ts";
import { decisionSchema } from "../../../src/core/decisions/decision.ts";
import { strictDefault } from "../../../src/core/policy/merge.ts";
import { claude, headSha, person } from "../facts.ts";
import { comment, elsewhere, everywhere, grounds, halt, here, writtenMs } from "./comment.ts";

const admin: Permissions = { here: "admin", above: "none" };
const writer: Permissions = { here: "write", above: "none" };
const policy = strictDefault();

function judged(given: CommandComment, permissions: Permissions = admin, known: Grounds = grounds()) {
  const screened = screenCommand(given, known);
  const { decision, name, refused } =
    screened.kind === "judged" ? screened.judged : judgeCommand(screened, given, permissions, known);
  expect(decisionSchema.parse(decision)).toEqual(decision);
  expect(decision).toMatchObject({ id: "comment/7/5", atMs: given.createdAtMs });
  return { decision, name, refused: refused?.code ?? null, because: refused?.because ?? "" };
}
const code = (...given: Parameters<typeof judged>) => judged(...given).refused;
const override = (sha: string) => comment(`/sallyport override ${sha} a-rule why not`);

describe("a comment is nobody's command", () => {
  test.each<[string, Partial<CommandComment>]>([
    ["not_a_person", { account: null }],
    ["not_a_person", { account: claude }],
    ["not_a_person", { account: { ...person(1), type: "Bot" } }],
    ["not_a_person", { account: { ...person(1), type: "Organization" } }],
    ["through_an_app", { viaApp: "some-app" }],
    ["edited", { unedited: false }],
    ["too_old", { createdAtMs: writtenMs - obeyedForMs }],
    ["answered_before", { reacted: true }],
    ["answered_before", { replied: true }],
  ])("%s: %j", (expected, overrides) => {
    for (const line of ["/sallyport halt", "/sallyport resume over", "/sallyport recheck", "/sallyport nonsense"]) {
      expect(code(comment(line, overrides))).toBe(expected);
    }
  });

  test("where a policy lists its account, of the repository or of the organisation", () => {
    const lists = { ...policy, agents: { also: [], automation: [], machines: ["Person-1"] } };
    expect(code(comment("/sallyport halt"), admin, grounds({ policy: lists }))).toBe("not_a_person");
    expect(code(comment("/sallyport halt"), admin, grounds({ organisation: lists }))).toBe("not_a_person");
  });

  test("and nothing is asked about its author", () => {
    expect(screenCommand(comment("/sallyport halt", { account: claude }), grounds()).kind).toBe("judged");
  });
});

describe("rights", () => {
  test.each(["explain", "recheck", "halt"])("%s takes write permission", (word) => {
    const given = comment(`/sallyport ${word}`);
    expect(code(given, writer)).toBeNull();
    expect(code(given, { here: "read", above: "admin" })).toBe("no_right");
    expect(code(given, { here: "none", above: "none" })).toBe("no_right");
  });

  test("an override takes write permission, and a place on every list of override.by", () => {
    expect(code(override(headSha), writer)).toBe("no_right");
    expect(code(override(headSha), admin)).toBeNull();
    const by = (...lists: Grounds["policy"]["override"]["by"]) =>
      grounds({ policy: { ...policy, override: { ...policy.override, by: lists } } });
    expect(code(override(headSha), writer, by(["@person-1"]))).toBeNull();
    expect(code(override(headSha), { here: "read", above: "none" }, by(["@person-1"]))).toBe("no_right");
    expect(code(override(headSha), writer, by(["@person-1"], ["administrators"]))).toBe("no_right");
    expect(code(override(headSha), admin, by(["@person-1"], ["administrators", "@person-2"]))).toBeNull();
    const team = by(["@acme/sre"]);
    const withTeam = (members: readonly number[] | null) => ({
      ...team,
      facts: { ...team.facts, teams: [{ team: "@acme/SRE", members }] },
    });
    expect(code(override(headSha), writer, withTeam([1]))).toBeNull();
    expect(code(override(headSha), admin, withTeam([2]))).toBe("no_right");
    expect(code(override(headSha), admin, withTeam(null))).toBe("no_right");
  });

  test("what reaches beyond the repository asks for rights beyond it", () => {
    const halts = [halt("h", everywhere)];
    const given = comment("/sallyport resume organisation over");
    expect(code(given, admin, grounds({ halts }))).toBe("no_right");
    expect(code(given, { here: "none", above: "admin" }, grounds({ halts }))).toBeNull();
    const further = (line: string) => {
      const screened = screenCommand(comment(line), grounds());
      return screened.kind === "asked" && reachesFurther(screened.command);
    };
    expect(further("/sallyport resume organisation over")).toBe(true);
    expect(further("/sallyport halt agent copilot-cloud-agent")).toBe(true);
    expect(further("/sallyport halt")).toBe(false);
    expect(further("/sallyport explain")).toBe(false);
  });
});

describe("an override", () => {
  test("is recorded on the whole SHA of the head that was collected", () => {
    expect(judged(override("aaaaaaa")).decision).toEqual({
      kind: "override",
      id: "comment/7/5",
      by: { kind: "account", id: 1, login: "person-1" },
      atMs: writtenMs,
      reason: "why not",
      subjectId: "pull/7/1",
      headSha,
      baseRef: "main",
      names: ["a-rule"],
      breakGlass: false,
    });
  });

  test("of another commit is refused, and the head named", () => {
    for (const sha of ["b".repeat(40), "bbbbbbb", `${"a".repeat(39)}b`, `${headSha}a`]) {
      const { refused, because } = judged(override(sha));
      expect(refused).toBe("not_the_head");
      expect(because).toContain(headSha);
    }
  });

  test("from before a report about the head is refused, in full or by its first digits", () => {
    const late = [{ headSha, publishedAtMs: writtenMs + 1_000 }];
    const other = [{ headSha: "b".repeat(40), publishedAtMs: 0 }];
    for (const publications of [[], late, other]) {
      for (const sha of [headSha, "aaaaaaa"]) {
        expect(code(override(sha), admin, grounds({ publications }))).toBe("not_reported");
      }
    }
  });

  test("in the second of the report is too early: GitHub gives no fractions, and a word must come after what it lifts", () => {
    const publications = [{ headSha, publishedAtMs: writtenMs + 999 }];
    expect(code(override(headSha), admin, grounds({ publications }))).toBe("not_reported");
  });

  test("breaks no glass that the policy does not have, and says which file would have it", () => {
    const { refused, because } = judged(comment(`/sallyport break-glass ${headSha} a-rule now`));
    expect(refused).toBe("no_right");
    expect(because).toContain("in the organisation's file where there is one");
  });

  test("of who is not named is refused, and told who is", () => {
    const { refused, because } = judged(override(headSha), writer);
    expect(refused).toBe("no_right");
    expect(because).toContain("names: an administrator.");
  });
});

describe("a halt", () => {
  test("holds in the repository where it was written, unless it says more", () => {
    expect(judged(comment("/sallyport halt it loops"), writer).decision).toMatchObject({
      kind: "halt",
      scope: here,
      stops: "agents",
      reason: "it loops",
    });
    expect(judged(comment("/sallyport halt organisation everyone"), writer).decision).toMatchObject({
      scope: everywhere,
      stops: "everyone",
      reason: "",
    });
  });

  test.each(["copilot-cloud-agent", "Copilot-SWE-agent", "@copilot-swe-agent[bot]"])(
    "of an agent is recorded by its key: %s",
    (name) => {
      expect(judged(comment(`/sallyport halt agent ${name} it loops`), writer).decision).toMatchObject({
        scope: { kind: "agent", installationId: 3, agent: "copilot-cloud-agent" },
      });
    },
  );

  test("of an agent that only a policy knows is recorded by its login", () => {
    const lists = { ...policy, agents: { also: ["Own-Agent"], automation: [], machines: [] } };
    const { decision } = judged(comment("/sallyport halt agent own-agent"), writer, grounds({ policy: lists }));
    expect(decision).toMatchObject({ scope: { agent: "own-agent" } });
  });

  test("keeps no more of a reason than people read", () => {
    const { decision } = judged(comment(`/sallyport halt ${"x".repeat(5_000)}`), writer);
    expect(decision.reason).toHaveLength(500);
  });
});

describe("lifting", () => {
  test("takes what stood in its own scope when it was written, and nothing else", () => {
    const halts = [
      halt("first", here),
      halt("of another repository", elsewhere),
      halt("everywhere", everywhere),
      halt("in the same second", here, writtenMs),
      halt("after it", here, writtenMs + 1),
      halt("second", here, writtenMs - 1),
    ];
    expect(judged(comment("/sallyport resume over"), admin, grounds({ halts })).decision).toMatchObject({
      kind: "resume",
      installationId: 3,
      halts: ["first", "second"],
      reason: "over",
    });
  });

  test("takes halts of one agent by its name", () => {
    const of = (agent: string) => halt(agent, { kind: "agent", installationId: 3, agent });
    const given = comment("/sallyport resume agent copilot-cloud-agent over");
    const halts = [of("copilot-cloud-agent"), of("claude-code")];
    const { decision } = judged(given, { here: "none", above: "admin" }, grounds({ halts }));
    expect(decision).toMatchObject({ halts: ["copilot-cloud-agent"] });
  });

  test("of nothing is refused, with what lifts that which stands", () => {
    const halts = [halt("later", here, writtenMs + 1), halt("e", everywhere), halt("other", elsewhere)];
    const { refused, because } = judged(comment("/sallyport resume over"), admin, grounds({ halts }));
    expect(refused).toBe("nothing_to_lift");
    expect(because).toContain("`/sallyport resume REASON` or `/sallyport resume organisation REASON`.");
    expect(judged(comment("/sallyport resume over")).because).toBe("No such halt stood when it was written.");
  });
});
