import { z } from "zod";
import { parseDuration } from "../../lib/duration.ts";

/** What scenarios are written with: each form has one place where it is read and described. */

export const login = z.string().min(1).describe("the login of an account of the scenario");
export const branch = z.string().min(1).describe("a branch, without `refs/heads/`");
export const pullName = z
  .string()
  .min(1)
  .describe(
    "a pull request: its head branch, or the name that `open` gave it with `as`; without it, the one opened last",
  );
export const commitName = z.string().min(1).describe("a commit that `open` or `push` named with `commit`, or a branch");

export const duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === null) context.addIssue({ code: "custom", message: "expected a duration such as 90s, 30m, 12h or 14d" });
    return ms ?? 0;
  })
  .describe("a duration: 90s, 30m, 12h, 14d");

export const moment = z
  .string()
  .transform((text, context) => {
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/u.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(ms)) context.addIssue({ code: "custom", message: "expected a moment such as 2026-03-02T09:00Z" });
    return ms;
  })
  .describe("a moment in UTC: 2026-03-02T09:00Z");

export const role = z.enum(["none", "read", "triage", "write", "maintain", "admin"]);

/** What stands at a path after a commit. */
export const content = z
  .union([
    z.string(),
    z.null().describe("the path is removed"),
    z.strictObject({ executable: z.string() }),
    z.strictObject({ symlink: z.string() }),
    z.strictObject({ submodule: z.string().describe("the commit that the submodule stands at") }),
    z.strictObject({ base64: z.string().describe("bytes that are no text") }),
    z.strictObject({ repeat: z.string(), times: z.int().positive() }).describe("a text, so many times over"),
  ])
  .describe("text; null removes the path");
export type Content = z.output<typeof content>;

export const files = z.record(z.string(), content).describe("paths that the commit writes or removes");

/** A policy as a mapping, or as the text of its file where its form matters. */
export const policy = z.union([z.string(), z.record(z.string(), z.unknown())]);

export const signature = z
  .string()
  .min(1)
  .describe("a login, or `Name <mailbox>` for a signature that belongs to no account");
