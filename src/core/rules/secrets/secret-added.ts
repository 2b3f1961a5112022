import { z } from "zod";
import type { Place } from "../../change/change-set.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule, type Sighting, type Undecided } from "../../rule.ts";
import { pathsOf } from "../../secrets/about.ts";
import type { BroughtSecret, Spot } from "../../secrets/brought-secret.ts";
import { inCode } from "../../terraform/telling.ts";
import type { SecretsView } from "../../views/secrets.ts";
import { count } from "../../../lib/text.ts";

/** More are no list that anybody reads; those that are left out are counted. */
const shownMost = 50;

/** Put together here, so that no scanner of a host takes the examples for a leak. */
const password = ["t7Kq", "Zr2w", "Xc9b", "Lm4v"].join("");
const login = `postgres://orders:${password}@db.orders.internal:5432/orders`;
const media =
  "**/*.{png,jpg,jpeg,gif,webp,avif,ico,bmp,tif,tiff,psd,mp3,mp4,m4a,mov,avi,webm,ogg,wav,flac,woff,woff2,ttf,otf,eot}";

export default defineRule({
  id: "secret-added",
  invariant: "no-secrets",
  severity: "critical",
  confidence: "high",
  summary: "A secret is in the change that was not in the base, in its head or in any of its commits.",
  why: "Whoever can read the repository, its clones and its backups has it from the first push on; taking it out in a later commit leaves it in the history.",
  remedy:
    "Revoke the secret where it was issued and issue another one, which is read from a secret store at run time; only then take it out of the branch and of its history.",
  needs: "secrets",
  yieldsTo: ["k8s-secret-unsealed", "secret-reference-made-literal"],
  options: z.strictObject({
    allowedPaths: z
      .array(z.string())
      .default([])
      .describe(
        "Patterns of files in which secrets are not reported: those of a test that are worth nothing anywhere.",
      ),
    allowedFingerprints: z
      .array(z.string())
      .default([])
      .describe("Fingerprints, as findings print them, of secrets that are known to open nothing."),
    mayStayUnsearched: z
      .array(z.string())
      .default([media])
      .describe("Patterns of files that nobody has to vouch for where they are too large to be searched."),
  }),
  *detect(view, { allowedPaths, allowedFingerprints, mayStayUnsearched }) {
    const isAllowedAt = loosening(allowedPaths);
    const known = new Set(allowedFingerprints);
    const open = view.secrets.filter(({ fingerprint, spots }) => {
      if (fingerprint !== null && known.has(fingerprint)) return false;
      return !spots.every((spot) => "path" in spot && isAllowedAt(spot.path));
    });
    yield* open.slice(0, shownMost).map((secret) => sighting(secret, view));
    yield* theRest(open.slice(shownMost), view);
    yield* undecided(view, loosening(mayStayUnsearched));
  },
  examples: {
    "a password in the address of a database": `
      M src/db.ts
      - export const url = process.env.ORDERS_URL;
      > export const url = "${login}";`,
    "a comment that asks scanners to look away": `
      A src/db.ts
      > export const url = "${login}"; // gitleaks:allow nosec NOSONAR pragma: allowlist secret
        /* secretlint-disable */`,
    "in a file of any kind": `
      A notes/todo.xyz
        Try it with
      > ${login}`,
    "it was there before, and the line changes": `
      M src/db.ts
      - export const url = "${login}";
      + export const database = { url: "${login}", pool: 5 };`,
    "it is moved to another file": `
      D src/db.ts
        export const url = "${login}";
      A src/config/database.ts
        export const url = "${login}";`,
    "it is taken out": `
      M src/db.ts
      - export const url = "${login}";
      + export const url = process.env.ORDERS_URL;`,
    "a reference to a secret": `
      A src/db.ts
        export const url = \`postgres://orders:\${process.env.ORDERS_PASSWORD}@db.orders.internal/orders\`;`,
    "a password that guides and tutorials use": `
      A src/db.ts
        export const url = "postgres://postgres:postgres@localhost:5432/orders";`,
    "where the policy allows it": {
      options: { allowedPaths: ["test/fixtures/**"] },
      change: `
      A test/fixtures/db.ts
        export const url = "${login}";`,
    },
  },
});

function sighting(secret: BroughtSecret, view: SecretsView): Sighting {
  const { what, about, fingerprint, level, spots, takenOut } = secret;
  const [first] = spots;
  const heads = spots.filter(({ kind }) => kind === "head");
  const since = spots.find(({ kind }) => kind === "commit");
  const known = fingerprint === null ? "" : ` (fingerprint ${inCode(fingerprint)})`;
  const more = heads.length > 1 ? `, and ${count(heads.length - 1, "further place")}` : "";
  return {
    at: placeIn(first, view),
    about,
    paths: pathsOf(secret),
    message: `${what}${known} in ${named(first)}${more}${first.kind === "head" ? sinceWhen(since) : history(first, takenOut)}`,
    ...(first.kind === "head" ? {} : { remedy: historyRemedy }),
    ...(level === "block" ? {} : { asks: true as const }),
  };
}

/** Nothing in the head is left to change. */
const historyRemedy =
  "Revoke the secret where it was issued and issue another one; then write the branch anew without it, or have people accept that what is left there opens nothing any more.";

function named(spot: Spot): string {
  switch (spot.kind) {
    case "head":
      return `line ${spot.line} of ${inCode(spot.path)}`;
    case "commit":
      return `line ${spot.line} of ${inCode(spot.path)} as commit ${short(spot.sha)} wrote it`;
    case "message":
      return `the message of commit ${short(spot.sha)}`;
    case "title":
    case "description":
      return `the ${spot.kind} of the pull request`;
    case "branch":
      return "the name of the branch";
  }
}

function sinceWhen(since: Spot | undefined): string {
  return since?.kind === "commit" ? `; it came with commit ${short(since.sha)}` : "";
}

function history(spot: Spot, takenOut: string | null): string {
  if (spot.kind !== "commit") return "";
  const by = takenOut === null ? "the head does not have it" : `commit ${short(takenOut)} took it out`;
  return `; ${by}, and it stays in the history for everybody who can read it`;
}

function short(sha: string): string {
  return inCode(sha.slice(0, 7));
}

function placeIn(spot: Spot, { home }: SecretsView): Place {
  switch (spot.kind) {
    case "head":
      return { path: spot.path, side: "head", line: spot.line, column: spot.column };
    case "commit":
      return { path: spot.path, side: "head", line: spot.line, commit: spot.sha };
    case "message":
    case "title":
    case "description":
    case "branch":
      return home;
  }
}

function* theRest(secrets: readonly BroughtSecret[], view: SecretsView): Iterable<Sighting> {
  const [first, ...others] = secrets;
  if (first === undefined) return;
  yield {
    at: placeIn(first.spots[0], view),
    about: "more than are shown",
    paths: [...new Set(secrets.flatMap(pathsOf))],
    message: `${count(others.length + 1, "further secret")}, of which this is the first: ${first.what} in ${named(first.spots[0])}`,
    ...(secrets.some(({ level }) => level === "block") ? {} : { asks: true as const }),
  };
}

const searchRemedy =
  "Take the file out of the branch and of its history, make it smaller, or have people accept that it was not searched.";

function* undecided(view: SecretsView, mayStay: (path: string) => boolean): Iterable<Undecided> {
  for (const { path, commit, isHead, reason, isTooLarge } of view.unsearched) {
    if (isTooLarge && mayStay(path)) continue;
    const where = commit === null ? inCode(path) : `${inCode(path)} as commit ${short(commit)} wrote it`;
    yield {
      at: { path, side: "head", line: 1 },
      about: commit === null ? path : `${path} ${commit.slice(0, 7)}`,
      undecided: `whether there is a secret in ${where}: ${reason}`,
      remedy: searchRemedy,
      ...(isHead ? { unread: true as const } : {}),
    };
  }
  for (const { sha, unlisted } of view.unlisted) {
    yield {
      at: view.home,
      about: `commit ${sha.slice(0, 7)}`,
      undecided: `whether there is a secret in what commit ${short(sha)} wrote: ${unlisted ?? "it is not known"}`,
      remedy: "Squash the branch, or split it into smaller pull requests.",
    };
  }
  if (view.commitsLeftOut === 0) return;
  yield {
    at: view.home,
    about: "first commits",
    undecided: `whether there is a secret in the first ${count(view.commitsLeftOut, "commit")} of this branch: one look reads the last 250`,
    remedy: "Squash the branch, or split it into smaller pull requests.",
  };
}
