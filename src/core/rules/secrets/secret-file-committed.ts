import { z } from "zod";
import type { ChangedFile } from "../../change/change-set.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { findsByLine } from "../../secrets/about.ts";
import type { Entry } from "../../secrets/entries.ts";
import { clearEntries, type KeyFile, keyFileOf, settingFileOf } from "../../secrets/files.ts";
import { textIn } from "../../secrets/texts.ts";
import { inCode } from "../../terraform/telling.ts";
import { count } from "../../../lib/text.ts";

const namesShown = 5;

export default defineRule({
  id: "secret-file-committed",
  invariant: "no-secrets",
  severity: "high",
  confidence: "high",
  summary:
    "A file is committed that is there to hold secrets: a key store, a private key, or settings with values for what is secret.",
  why: "Everybody who can read the repository has what it holds, in its history for good; such files are made to stay on the machine that uses them.",
  remedy:
    "Take the file out of the branch's history, list its name in `.gitignore`, replace what it holds, and commit one with placeholders in its place.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    const stood = new Set(files.flatMap(({ before }) => (before === null ? [] : [before.sha])));
    const known = new Set(files.flatMap(({ before }) => clearEntries(textIn(before) ?? "").map(keyOf)));
    for (const file of files) {
      const { path, after } = file;
      if (after === null || stood.has(after.sha)) continue;
      const { kind } = after.content;
      if (kind === "symlink" || kind === "submodule") continue;
      const text = textIn(after);
      if (text === null) {
        yield* unreadable(file);
        continue;
      }
      const holder = settingFileOf(path);
      if (holder === null) continue;
      const told = findsByLine(text, path);
      const fresh = clearEntries(text).filter((entry) => !known.has(keyOf(entry)) && !told.has(entry.line));
      const [first] = fresh;
      if (first === undefined) continue;
      const more = fresh.length - namesShown;
      const names = fresh.slice(0, namesShown).map(({ name }) => inCode(name));
      yield {
        at: { path, side: "head", line: first.line },
        about: path,
        message: `${inCode(path)} (${holder}) is committed with values for ${names.join(", ")}${more > 0 ? ` and ${count(more, "more name")}` : ""}`,
        asks: true,
      };
    }
  },
  examples: {
    "the environment of production": `
      A deploy/.env.production
        PORT=8080
      > DB_PASSWORD=correct-horse-7
        SMTP_PASSWORD=\${SMTP_PASSWORD}`,
    "variables of Terraform": `
      A infra/production.tfvars
        region      = "eu-west-1"
      > db_password = "correct-horse-7"`,
    "a key store": `
      > A deploy/tls/server.p12 (binary)
      > A android/release.keystore (binary)`,
    "a key store that is replaced": `
      > M deploy/tls/server.pfx (unread)
        as it was`,
    "an example of an environment": `
      A .env.example
        DB_PASSWORD=correct-horse-7
      A infra/terraform.tfvars.example
        db_password = "correct-horse-7"`,
    "only placeholders and references": `
      A .env
        DB_PASSWORD=changeme
        API_TOKEN=
        SMTP_PASSWORD=$(cat /run/secrets/smtp)
        JWT_SECRET=\${JWT_SECRET}`,
    "nothing that is secret": `
      A .env.production
        NEXT_PUBLIC_API_URL=https://api.acme.example
        PUBLIC_KEY_ID=ab12cd34`,
    "the file that every developer has": `
      A .env.development
        DB_PASSWORD=correct-horse-7`,
    "another value beside one that stood there": `
      M .env
        DB_PASSWORD=correct-horse-7
      - PORT=80
      + PORT=8080`,
    "the file is moved": `
      D .env
        DB_PASSWORD=correct-horse-7
      A deploy/.env
        DB_PASSWORD=correct-horse-7`,
    "certificates of others, and the key that every build has": `
      A deploy/truststore.jks (binary)
      A android/app/debug.keystore (binary)`,
    "a program that reads key stores": `
      A src/keystore.ts
        export const kind = "p12";`,
  },
});

function* unreadable(file: ChangedFile): Iterable<Sighting> {
  const found = keyFileOf(file.path);
  if (found !== null) yield keySighting(file, found);
}

function keySighting(file: ChangedFile, { what, certain }: KeyFile): Sighting {
  const how = file.before === null ? "is committed" : "has other content";
  return {
    at: placeOf(file),
    about: file.path,
    message: `${inCode(file.path)} ${how}: ${what}, by its name`,
    ...(certain ? {} : { asks: true as const }),
  };
}

function keyOf({ name, value }: Entry): string {
  return `${name}\n${value}`;
}
