import { z } from "zod";
import { count } from "../../../lib/text.ts";
import { type Context, defineRule, type Sighting } from "../../rule.ts";

type Scanned = Context["scanned"][number];

/** More are no list that anybody reads; those that are left out are counted. */
const shownMost = 50;

export default defineRule({
  id: "scanner-finding",
  invariant: "scanners-find-nothing-new",
  severity: "medium",
  confidence: "medium",
  summary: "Another scanner finds something on what the change touches, which was not there before.",
  why: "Teams keep the policies that they have; what those say of a change belongs before the people who decide about it.",
  remedy: "Mend what the scanner names, or suppress it there with a reason; or have people accept it.",
  needs: "paths",
  options: z.strictObject({
    least: z
      .enum(["error", "warning", "note"])
      .default("warning")
      .describe("The mildest level, in SARIF's words, that is reported; below `error` people are asked at most."),
  }),
  *detect(_, { least }, { scanned }) {
    const levels = { error: 2, warning: 1, note: 0 };
    const found = scanned.filter(({ level }) => levels[level] >= levels[least]);
    const worst = found.toSorted((a, b) => levels[b.level] - levels[a.level]);
    yield* worst.slice(0, shownMost).map(sighting);
    const [next, ...others] = worst.slice(shownMost);
    if (next === undefined) return;
    yield {
      at: next.at,
      about: "more than are shown",
      paths: [...new Set([next, ...others].map(({ at }) => at.path))],
      message: `${count(others.length + 1, "further result")} of scanners, of which this is the first: ${said(next)}`,
      ...(worst.slice(shownMost).some(({ level }) => level === "error") ? {} : { asks: true as const }),
    };
  },
  examples: {
    "a scanner finds something on a line that is new": `
      M terraform/main.tf
        resource "aws_s3_bucket_acl" "logs" {
      >   # scanner: error AWS-0092 The bucket can be read by everybody
      +   acl = "public-read"
        }`,
    "in a file that is new": `
      A terraform/main.tf
        resource "aws_s3_bucket_acl" "logs" {
      >   # scanner: warning AWS-0092 The bucket can be read by everybody
          acl = "public-read"
        }`,
    "near miss: it was found there before": `
      M terraform/main.tf
        resource "aws_s3_bucket_acl" "logs" {
          # scanner: error AWS-0092 The bucket can be read by everybody
      -   acl = "public-read"
      +   acl = "public-read-write"
        }`,
    "near miss: a note": `
      M terraform/main.tf
        resource "aws_s3_bucket" "logs" {
      +   # scanner: note AWS-0089 Nothing logs who reads the bucket
      +   bucket = "logs"
        }`,
  },
});

function sighting(one: Scanned): Sighting {
  const { tool, rule, at, level } = one;
  return {
    at,
    about: JSON.stringify([tool, rule, at.path]),
    message: said(one),
    ...(level === "error" ? {} : { asks: true }),
  };
}

/** Everything that the scanner says stands between backticks: who wrote it is not known. */
function said({ tool, rule, message, times, isPinned }: Scanned): string {
  const often = times === 1 ? "" : ` (${times} times in this file)`;
  const source = isPinned ? "" : "; the policy does not name the workflow that sent it";
  return `${quoted(tool)} reports ${quoted(rule)}${often}: ${quoted(message)}${source}`;
}

function quoted(text: string): string {
  return `\`${text === "" ? "nothing" : text.replaceAll("`", "'")}\``;
}
