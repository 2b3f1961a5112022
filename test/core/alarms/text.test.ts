import { expect, test } from "vitest";
import { type Alarm, alarmKey } from "../../../src/core/alarms/alarm.ts";
import { alarmText, markerOf } from "../../../src/core/alarms/text.ts";
import { liveParts } from "../report/inert.ts";
import { merge, push } from "./ways.ts";

const repository = { id: 1, owner: "acme", name: "infra" };
const telling = { site: "https://github.com", actor: "person-z" };

test("a merge past the gate is told with who, when, what, and what to do", () => {
  const alarm: Alarm = { kind: "bypass_merge", repository, branch: "main", way: merge };
  const { title, body } = alarmText(alarm, telling);
  expect(title).toBe("acme/infra: pull request 7 was merged past the gate on main");
  expect(body.split("\n")).toEqual([
    "**In `acme/infra`, pull request 7 was merged into `main` although this app's check had not let it pass.**",
    "",
    "- Pull request: [7](https://github.com/acme/infra/pull/7)",
    "- Merged by: `person-z` (id 8)",
    "- When: `2026-03-02T09:00:03Z`",
    "- Head: [`333333333333`](https://github.com/acme/infra/commit/3333333333333333333333333333333333333333)",
    "- The check then: [run 5 was not green](https://github.com/acme/infra/runs/5)",
    "- The branch moved from [`111111111111`](https://github.com/acme/infra/commit/1111111111111111111111111111111111111111) to [`222222222222`](https://github.com/acme/infra/commit/2222222222222222222222222222222222222222)",
    "- Required there: yes, when the rules were last read: they let somebody past it, or were changed just before",
    "",
    "Look at what was merged, and revert it if it must not stand. `sallyport doctor acme/infra` says who may go past the check, and how to change that.",
    "",
    "<!-- sallyport-alarm bypass_merge/1/41/7 -->",
  ]);
});

test("an agent's push where nothing is required says so, and that no run was there", () => {
  const { title, body } = alarmText({ kind: "direct_push", repository, branch: "main", way: push }, telling);
  expect(title).toBe("acme/infra: a push went past the gate on main");
  expect(body).toContain("- Pushed by: `person-z` (id 8), an agent or another program\n");
  expect(body).toContain("- The check then: there was none of this app\n");
  expect(body).toContain("- Required there: no, nothing stood in the way\n");
});

test("a merge whose pull request and actor GitHub does not name is told without them", () => {
  const way = { ...merge, number: null, headSha: null, actorId: null, required: null };
  const { title, body } = alarmText(
    { kind: "bypass_merge", repository, branch: "main", way },
    { ...telling, actor: null },
  );
  expect(title).toBe("acme/infra: a merge went past the gate on main");
  expect(body).toContain("- Merged by: an account that GitHub does not name\n");
  expect(body).toContain("- Required there: unknown, the rules could not be read\n");
});

test("a gate that does not hold is told with the command that prints the rules", () => {
  const because = "the check `sallyport` is not required on `main`";
  const { title, body } = alarmText({ kind: "gate_not_required", repository, branch: "main", because }, telling);
  expect(title).toBe("acme/infra: the gate does not hold on main");
  expect(body).toContain(
    "nothing stops a merge that this app refuses: the check `sallyport` is not required on `main`.**",
  );
  expect(body).toContain("`sallyport doctor acme/infra --ruleset` prints the rules to import");
});

const hostile = [
  "x-->@acme/everyone",
  "<img/src=x>",
  "`@person-a`",
  "a|b#1",
  "[x](https://evil.example)",
  "\u{202e}nimda",
];

test.each(hostile)("nothing in the name of a branch takes effect: %s", (branch) => {
  const alarms: readonly Alarm[] = [
    { kind: "bypass_merge", repository, branch, way: merge },
    { kind: "direct_push", repository, branch, way: push },
    { kind: "gate_not_required", repository, branch, because: `the check is not required on \`${branch}\`` },
  ];
  for (const alarm of alarms) {
    const { title, body } = alarmText(alarm, { ...telling, actor: branch });
    expect(title).not.toMatch(/\p{Cf}/u);
    const marker = markerOf(alarm);
    expect(body.endsWith(marker)).toBe(true);
    expect(marker.indexOf("-->")).toBe(marker.length - 3);
    const own = /\]\(https:\/\/github\.com\/acme\/infra\/(?:pull|runs|commit)\/[0-9a-f]+\)/g;
    expect(liveParts(body.slice(0, -marker.length).replaceAll(own, "]"))).toEqual([]);
  }
});

test("alarms differ by happening and pull request, and states by branch", () => {
  const keys = [
    alarmKey({ kind: "bypass_merge", repository, branch: "main", way: merge }),
    alarmKey({ kind: "bypass_merge", repository, branch: "main", way: { ...merge, number: 8 } }),
    alarmKey({ kind: "direct_push", repository, branch: "main", way: push }),
    alarmKey({ kind: "gate_not_required", repository, branch: "main", because: "" }),
    alarmKey({ kind: "gate_not_required", repository, branch: "a/main", because: "" }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});
