import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Written } from "../../../src/core/facts-written.ts";
import { renderMarkdown } from "../../../src/core/report/markdown.ts";
import { renderSarif } from "../../../src/core/report/sarif.ts";
import { renderTerminal } from "../../../src/core/report/terminal.ts";
import { renderVerdictJson } from "../../../src/core/report/verdict-json.ts";
import { judge } from "../evaluate/changes.ts";
import { changeOf, commit, factsOf, file, headSha } from "../facts.ts";
import { filled } from "../secrets/samples.ts";
import { site } from "./evaluations.ts";

const folder = fileURLToPath(new URL("golden", import.meta.url));
const update = process.env["UPDATE_GOLDEN"] === "1";
const token = filled("ghp_{crc}", 4);
const password = filled("{a6}{d4}{a6}", 3);
const first = "c".repeat(40);

const blob = (sha: string): { readonly mode: "100644"; readonly sha: string } => ({ mode: "100644", sha });
/** A token that came and went, beside a password that stays. */
const written: Written = {
  commits: [
    { sha: first, files: [{ path: "ci/publish.sh", after: blob("leaks"), before: [] }], unlisted: null },
    { sha: headSha, files: [{ path: "ci/publish.sh", after: null, before: [blob("leaks")] }], unlisted: null },
  ],
  commitsLeftOut: 0,
  contents: { leaks: { kind: "text", text: `#!/bin/sh\nGITHUB_TOKEN=${token} npm publish\n` } },
};
const url = `export const url = "postgres://orders:${password}@db.orders.internal/orders";\n`;
const evaluation = judge(
  factsOf({
    change: changeOf(file("src/db.ts", null, url)),
    commits: [commit({ sha: first }), commit({ parents: [first] })],
    written,
  }),
);

test.each([
  ["md", renderMarkdown(evaluation, site)],
  ["txt", renderTerminal(evaluation, false)],
  ["json", renderVerdictJson(evaluation)],
  ["sarif", renderSarif(evaluation, site)],
])("a report of secrets stands as recorded in .%s, and shows none", (kind, rendered) => {
  const path = `${folder}/secrets.${kind}`;
  if (update) writeFileSync(path, rendered);
  const recorded = existsSync(path) ? readFileSync(path, "utf8") : "";
  expect(rendered, "to accept the change: UPDATE_GOLDEN=1 npx vitest run test/core/report/secret.test.ts").toBe(
    recorded,
  );
  for (const secret of [token, password]) expect(rendered).not.toContain(secret);
});
