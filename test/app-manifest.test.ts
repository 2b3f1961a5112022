import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { readers } from "../src/adapters/github/webhooks/read.ts";
import { readConfig } from "../src/config.ts";
import { byCodeUnits } from "../src/lib/order.ts";
import { webhookPath } from "../src/server/http.ts";

const text = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const manifest = z
  .strictObject({
    name: z.string(),
    description: z.string(),
    url: z.url(),
    public: z.literal(false),
    hook_attributes: z.strictObject({ url: z.url(), active: z.literal(true) }),
    default_permissions: z.record(z.string(), z.enum(["read", "write"])),
    default_events: z.array(z.string()),
  })
  .parse(parse(text("app.yml"), { version: "1.2" }));

/** Sent to every App, and refused in a manifest. */
const unlisted = ["installation", "installation_repositories"];

describe("the manifest", () => {
  test("subscribes to exactly the events that are read", () => {
    expect([...manifest.default_events, ...unlisted].toSorted()).toEqual([...readers.keys()].toSorted());
  });

  test("may write check runs, issues, requests for review with a label, answers to deployments, and statuses for pinning alone", () => {
    const writable = Object.entries(manifest.default_permissions).filter(([, level]) => level === "write");
    expect(writable.map(([name]) => name)).toEqual(["pull_requests", "checks", "issues", "deployments", "statuses"]);
  });

  test("gives a reason beside every permission and every event", () => {
    const lines = text("app.yml").split("\n");
    const from = lines.indexOf("default_permissions:");
    const asked = lines.slice(from).filter((line) => /^ {2}(- )?[a-z_]+/.test(line));
    expect(asked).toHaveLength(Object.keys(manifest.default_permissions).length + manifest.default_events.length);
    for (const line of asked) expect(line).toMatch(/ # \S.+\.$/);
  });

  test("points at the address that receives webhooks", () => {
    expect(new URL(manifest.hook_attributes.url).pathname).toBe(webhookPath);
  });
});

describe(".env.example", () => {
  const lines = text(".env.example").split("\n");
  const named = lines.flatMap((line) => /^#?([A-Z_]+)=/.exec(line)?.[1] ?? []);

  test("names every variable that is read, and no other", () => {
    const source = text("src/config.ts");
    const variables = source.matchAll(/^ {2}([A-Z_]+): |\b(?:text|path): "([A-Z_]+)"/gm);
    const read = new Set([...variables].map((hit) => hit[1] ?? hit[2] ?? ""));
    // Every system sets it: nobody is to state it for this service.
    read.delete("PATH");
    expect(named.toSorted()).toEqual([...read].toSorted(byCodeUnits));
  });

  test("copied as it is, it stops the start and asks for what is required", () => {
    const result = readConfig(parseEnv(text(".env.example")));
    expect(result.ok ? [] : result.sentences.map((sentence) => sentence.split(" ")[0])).toEqual([
      "APP_ID",
      "WEBHOOK_SECRET",
      "PRIVATE_KEY",
    ]);
  });
});
