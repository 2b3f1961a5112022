import { describe, expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { permissionObservations } from "../../../src/core/iam/aws/observations.ts";
import type { Json } from "../../../src/core/iam/aws/read.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { sha256 } from "../../../src/lib/digest.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };
const reached = () => ({ targets: ["production"], unresolved: false });

function said(before: Json, after: Json, path = "policies/api.json"): readonly string[] {
  const [was, is] = [before, after].map((statements) => {
    const text = JSON.stringify({ Statement: statements });
    return { mode: "100644", sha: sha256(text), content: { kind: "text", text } } as const;
  });
  const change = { files: [{ path, status: "modified", before: was ?? null, after: is ?? null }] } as const;
  const { views } = buildViews(change, tools);
  return permissionObservations(views.iam, reached).map((one) => ("message" in one ? one.message : one.undecided));
}

const allow = (Condition: Json): Json => ({ Effect: "Allow", Action: "s3:GetObject", Resource: "*", Condition });

describe("what is said of a condition shows a value as people write it", () => {
  test("an address", () => {
    const from = (range: string): Json => allow({ IpAddress: { "aws:SourceIp": range } });
    expect(said(from("10.1.0.0/16"), from("10.0.0.0/8")).join()).toContain("`aws:SourceIp = 10.0.0.0`");
    expect(said(from("2001:db8:1::/48"), from("2001:db8::/32")).join()).toContain(
      "`aws:SourceIp = 2001:db8:0:0:0:0:0:0`",
    );
  });
  test("a moment", () => {
    const until = (day: string): Json => allow({ DateLessThan: { "aws:CurrentTime": day } });
    const [message = ""] = said(until("2026-02-28T23:59:59Z"), until("2027-01-01T00:00:00Z"));
    expect(message).toContain("`aws:CurrentTime = 2026-02-28T23:59:59Z`");
  });
  test("a moment of a leap year, and one before 1970", () => {
    const after = (day: string): Json => allow({ DateGreaterThanEquals: { "aws:CurrentTime": day } });
    expect(said(after("2024-03-01"), after("2024-02-29")).join()).toContain("2024-02-29T00:00:00Z");
    expect(said(after("1970-01-01"), after("1969-12-31")).join()).toContain("1969-12-31T00:00:00Z");
  });
  test("a number", () => {
    const above = (seconds: string): Json => allow({ NumericLessThanEquals: { "s3:signatureAge": seconds } });
    expect(said(above("1.5"), above("60")).join()).toContain("`s3:signatureAge = 1.500001`");
  });
  test("what is absent, by the name that its author gave it", () => {
    const trust = (more: Record<string, Json>): Json => ({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: "222222222222" },
      ...more,
    });
    const [message] = said(trust({ Condition: { StringEquals: { "sts:ExternalId": "x" } } }), trust({}));
    expect(message).toBe(
      "policy `policies/api.json` newly allowed: `sts:AssumeRole` (write) for `account 222222222222`, as where `sts:ExternalId is absent`; " +
        "all of the account `222222222222` is let in under no condition",
    );
  });
});

describe("who newly may do what on what", () => {
  test("names the principals and resources alone that are new", () => {
    const to = (who: Json, what: Json): Json => ({
      Effect: "Allow",
      Action: "s3:GetObject",
      Principal: { AWS: who },
      Resource: what,
    });
    const [first, second] = ["arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:role/b"];
    const [bucket, other] = ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"];
    expect(said(to(first, bucket), to([first, second], bucket))).toEqual([
      `policy \`policies/api.json\` newly allowed: \`s3:GetObject\` (read) on \`${bucket}\` for \`${second}\``,
    ]);
    expect(said(to(first, bucket), to(first, [bucket, other]))).toEqual([
      `policy \`policies/api.json\` newly allowed: \`s3:GetObject\` (read) on \`${other}\` for \`${first}\``,
    ]);
  });
  test("a guard that lets more pass names the whole service", () => {
    const deny = (Action: Json): Json => ({ Effect: "Deny", Action, Resource: "*" });
    expect(said(deny(["s3:*", "iam:*"]), deny("s3:*"), "scp/base.json").join()).toMatch(
      /^policy `scp\/base\.json` no longer keeps away: `iam:\*` \(\d+ permissions management, /u,
    );
  });
  test("what an author wrote cannot end the code that it stands in", () => {
    const on = (Resource: string): Json => ({ Effect: "Allow", Action: "s3:GetObject", Resource });
    expect(said(on("a"), on("b` @everyone"))).toEqual([
      "policy `policies/api.json` newly allowed: `s3:GetObject` (read) on `b' @everyone`",
    ]);
  });
});
