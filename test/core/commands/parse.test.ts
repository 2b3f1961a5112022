import { describe, expect, test } from "vitest";
import { addressesSallyport, firstLineOf, parseCommand } from "../../../src/core/commands/parse.ts";

const sha = "1f2e3d4";
const known = (name: string) => (name.toLowerCase() === "claude-code" ? "claude-code" : null);
const parse = (line: string) => {
  expect(addressesSallyport(line)).toBe(true);
  return parseCommand(line, known);
};
const command = (line: string) => {
  const parsed = parse(line);
  return parsed.ok ? parsed.command : parsed.refusal.code;
};

describe("what addresses Sallyport", () => {
  test.each([
    " /sallyport halt",
    "\t/sallyport halt",
    "    /sallyport halt",
    "> /sallyport halt",
    "`/sallyport halt`",
    "- /sallyport halt",
    "/sallyports halt",
    "/sallyport-halt",
    "/sallyport: halt",
    "sallyport halt",
    "@sallyport halt",
    "\u{200B}/sallyport halt",
    "",
  ])("is not %j", (line) => {
    expect(addressesSallyport(line)).toBe(false);
  });

  test("is the word at the very beginning, in any case, alone or before a blank", () => {
    for (const line of ["/sallyport", "/Sallyport halt", "/sallyport\thalt"]) {
      expect(addressesSallyport(line)).toBe(true);
    }
  });

  test("is the first line alone, whatever ends it", () => {
    for (const end of ["\n", "\r\n", "\r"]) expect(firstLineOf(`one${end}/sallyport halt`)).toBe("one");
    expect(firstLineOf("\n/sallyport halt")).toBe("");
    expect(firstLineOf("")).toBe("");
  });
});

test("any other word is unknown, and nothing after it makes a command", () => {
  for (const line of ["/sallyport", "/sallyport merge halt", "/sallyport halted", "/sallyport - halt"]) {
    expect(parse(line)).toMatchObject({ ok: false, name: "unknown", refusal: { code: "unknown_command" } });
  }
});

test("explain and recheck take no words, and mind none", () => {
  expect(command("/sallyport explain")).toEqual({ name: "explain" });
  expect(command("/sallyport  RECHECK please")).toEqual({ name: "recheck" });
});

describe("override", () => {
  test("names a head, what it lifts, and why", () => {
    expect(command(`/sallyport override ${sha.toUpperCase()} a-rule,a-rule:1a2b3c, b  the pool  is empty`)).toEqual({
      name: "override",
      breakGlass: false,
      sha,
      names: ["a-rule", "a-rule:1a2b3c", "b"],
      reason: "the pool is empty",
    });
  });

  test("breaks the glass by another word", () => {
    expect(command(`/sallyport break-glass ${sha} a-rule production is down`)).toMatchObject({ breakGlass: true });
  });

  test.each([
    "",
    "1f2e3d a-rule why",
    "main a-rule why",
    `${"1".repeat(65)} a-rule why`,
    sha,
    `${sha} a-rule`,
    `${sha} a-rule, b`,
    `${sha} , why`,
    `${sha} ${Array.from({ length: 101 }, (_, i) => `r${i}`).join(",")} why`,
  ])("without one of them is incomplete: %j", (words) => {
    expect(parse(`/sallyport override ${words}`)).toMatchObject({
      ok: false,
      name: "override",
      refusal: { code: "incomplete" },
    });
  });
});

describe("halt", () => {
  const repository = { kind: "repository" };
  test.each([
    ["", repository, "agents", ""],
    ["replicas explode", repository, "agents", "replicas explode"],
    ["repository replicas explode", repository, "agents", "replicas explode"],
    ["organisation", { kind: "organisation" }, "agents", ""],
    ["organization everyone they are in", { kind: "organisation" }, "everyone", "they are in"],
    ["Everyone they are in", repository, "everyone", "they are in"],
    ["agent claude-code it loops", { kind: "agent", agent: "claude-code" }, "agents", "it loops"],
    ["agent Claude-Code everyone saw it", { kind: "agent", agent: "claude-code" }, "agents", "everyone saw it"],
  ])("%j", (words, scope, stops, reason) => {
    expect(command(`/sallyport halt ${words}`)).toEqual({ name: "halt", scope, stops, reason });
  });

  test("of an agent that nobody knows halts all agents here: a misspelt name must not let them go on", () => {
    for (const words of ["agent went mad", "agent"]) {
      const whole = { name: "halt", scope: repository, stops: "agents", reason: words };
      expect(command(`/sallyport halt ${words}`)).toEqual(whole);
    }
  });
});

describe("resume", () => {
  test.each([
    ["it is over", { kind: "repository" }],
    ["repository it is over", { kind: "repository" }],
    ["organisation it is over", { kind: "organisation" }],
    ["agent claude-code it is over", { kind: "agent", agent: "claude-code" }],
  ])("%j", (words, scope) => {
    expect(command(`/sallyport resume ${words}`)).toEqual({ name: "resume", scope, reason: "it is over" });
  });

  test("needs a reason", () => {
    for (const words of ["", "organisation", "repository", "agent claude-code"]) {
      expect(command(`/sallyport resume ${words}`)).toBe("incomplete");
    }
  });

  test("of an agent that nobody knows lifts nothing", () => {
    expect(command("/sallyport resume agent calude-code it is over")).toBe("unknown_agent");
  });
});
