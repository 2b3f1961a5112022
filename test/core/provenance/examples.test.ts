import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Account, CommitFacts, Facts, Signature } from "../../../src/core/facts.ts";
import { deterministic } from "../../../src/core/provenance/catalogue.ts";
import { detect } from "../../../src/core/provenance/detect.ts";
import { accountIn } from "../../../src/core/provenance/marks.ts";
import { neverApproves } from "../../../src/core/provenance/invokers.ts";
import { commit, facts, lists, noLists, personA } from "./facts.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const place = ["../shared/data", "../../shared/data"]
  .map((folder) => `${root}/${folder}/agent-examples.json`)
  .find((path) => existsSync(path));

const identity = z.object({ name: z.string(), email: z.string() });
const commitExample = z.object({
  id: z.string(),
  branch: z.string().nullable(),
  author: identity,
  committer: identity,
  subject: z.string(),
  trailers: z.array(z.string()),
  message_markers: z.array(z.string()),
  signature_key: z.string().nullable(),
  expected: z.object({ label: z.string(), pr_is_agent: z.boolean().nullable() }),
});
const pullExample = z.object({
  id: z.string(),
  pr_author_login: z.string(),
  pr_author_id: z.number().nullable(),
  pr_author_type: z.enum(["User", "Bot"]),
  body_markers: z.array(z.string()),
  head_prefix_by_dataset_construction: z.string().nullable(),
  expected: z.object({ pr_is_agent: z.boolean() }),
});
const reviewExample = z.object({
  id: z.string(),
  user_login: z.string(),
  expected: z.object({ counts_as_human_approval: z.boolean() }),
});
const examples = z.object({
  commits: z.array(commitExample),
  pull_requests: z.array(pullExample),
  reviews: z.array(reviewExample),
});

/** Labels that are decided otherwise here, with the reason; everything else must come out as labelled. */
const judgedOtherwise: Readonly<Record<string, string>> = {
  c111: "a Bot that neither the catalogue nor a policy names is an agent",
};

/** A commit whose accounts are unknown, as in a clone: only what git itself holds can tell. */
function asFacts(example: z.infer<typeof commitExample>): Facts {
  const signature = (given: z.infer<typeof identity>): Signature => ({ ...given, account: null });
  const message = [example.subject, "", ...example.message_markers, "", ...example.trailers].join("\n");
  const given: Partial<CommitFacts> = {
    author: signature(example.author),
    committer: signature(example.committer),
    message,
    signatureKey: example.signature_key,
  };
  return facts({ commits: [commit(given)], pullRequest: { headRef: example.branch ?? "topic" } });
}

function isDeterministic(mailbox: string): boolean {
  const account = accountIn(mailbox);
  return account !== null && deterministic.some(({ id }) => id !== null && id === account.id);
}

function score(rows: readonly { readonly id: string; readonly marked: boolean; readonly agent: boolean }[]) {
  const hits = rows.filter(({ marked, agent }) => marked && agent).length;
  const named = (wanted: (row: (typeof rows)[number]) => boolean) => rows.filter(wanted).map(({ id }) => id);
  return {
    all: rows.length,
    recall: `${hits} of ${named(({ agent }) => agent).length}`,
    precision: `${hits} of ${named(({ marked }) => marked).length}`,
    missed: named(({ marked, agent }) => agent && !marked),
    wrong: named(({ marked, agent }) => marked && !agent),
  };
}

if (place === undefined) {
  console.info("shared/data/agent-examples.json is absent: the detector is tried on the fixtures of this project only");
}
const public_ = place === undefined ? null : examples.parse(JSON.parse(readFileSync(place, "utf8")));

test("labelled commits are told apart, but for those that are judged otherwise", () => {
  // Programs of the catalogue are agents until a policy names them, and a lone commit proves no automation: they are not scored.
  const rows = (public_?.commits ?? [])
    .filter(({ expected }) => expected.pr_is_agent !== null)
    .filter(({ author, expected }) => expected.label !== "automation" || !isDeterministic(author.email))
    .map((example) => ({
      id: example.id,
      marked: detect(asFacts(example), noLists).author === "agent",
      agent: example.expected.pr_is_agent === true,
    }));
  const result = score(rows);
  console.info("labelled commits", result);
  const unexpected = [...result.missed, ...result.wrong].filter((id) => judgedOtherwise[id] === undefined);
  expect(unexpected).toEqual([]);
});

test("labelled pull requests are told apart", () => {
  const rows = (public_?.pull_requests ?? []).map((example) => {
    const author: Account =
      example.pr_author_id === null
        ? personA
        : { id: example.pr_author_id, login: example.pr_author_login, type: example.pr_author_type };
    const body = example.body_markers.join("\n");
    const headRef = `${example.head_prefix_by_dataset_construction ?? ""}topic`;
    const found = detect(facts({ pullRequest: { author, body, headRef } }), noLists);
    return { id: example.id, marked: found.author === "agent", agent: example.expected.pr_is_agent };
  });
  const result = score(rows);
  console.info("labelled pull requests", result);
  expect([...result.missed, ...result.wrong]).toEqual([]);
});

test("labelled reviews by bots never approve", () => {
  for (const { id, user_login, expected } of public_?.reviews ?? []) {
    const type = user_login.endsWith("[bot]") ? "Bot" : "User";
    const never = neverApproves({ id: 5, login: user_login, type }, lists({}));
    expect({ id, never }).toEqual({ id, never: !expected.counts_as_human_approval });
  }
});
