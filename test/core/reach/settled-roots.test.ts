import { expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { context, symlink, text } from "../change/changes.ts";
import { reachPolicy } from "./policies.ts";
import { named, reach } from "./reached.ts";

const here = "git::https://github.com/acme/shop.git//modules/queue";
const call = (name: string, source: string): string => `module "${name}" {\n  source = "${source}"\n}\n`;
const queue = (delay: number): string => `resource "aws_sqs_queue" "q" {\n  delay_seconds = ${delay}\n}\n`;

/** The root calls `mid`, which calls `same`, a module that a change touches without changing what it makes. */
function reached(root: string, mid: string, ...more: readonly ChangedFile[]): Readonly<Record<string, string>> {
  const files = [
    text("modules/queue/main.tf", queue(1), queue(2)),
    text("modules/same/main.tf", queue(1), `# words\n${queue(1)}`),
    context("modules/mid/main.tf", mid),
    context("live/production/main.tf", root),
    ...more,
  ];
  return Object.fromEntries(reach(files, reachPolicy()).files.map((file) => [file.path, named(file)]));
}

const root = call("mid", "../../modules/mid");
const mid = call("same", "../same");

test("a root that stays as it is is not reached", () => {
  expect(reached(root, mid)["modules/same/main.tf"]).toBe("");
});

test.each([
  ["the root", root + call("queue", here), mid],
  ["a module that it calls", root, mid + call("queue", here)],
  ["the root at the base branch", root + call("queue", `${here}?ref=main`), mid],
])(
  "one is reached through a module under the repository's own address that changes, called by %s",
  (_, live, inner) => {
    expect(reached(live, inner)["modules/queue/main.tf"]).toBe("production");
  },
);

test.each(["?ref=v1.0", "?ref=0123456789012345678901234567890123456789"])(
  "one that calls the repository at %s stays as it is",
  (ref) => {
    const found = reached(root + call("queue", here + ref), mid);
    expect(found["modules/same/main.tf"]).toBe("");
    expect(found["modules/queue/main.tf"]).not.toContain("production");
  },
);

test("also where a module between them is called through a symlink", () => {
  const linked = call("mid", "../../linked/mid");
  const found = reached(linked, mid + call("queue", here), symlink("linked/mid", "../modules/mid"));
  expect(found["modules/queue/main.tf"]).toBe("production");
});
