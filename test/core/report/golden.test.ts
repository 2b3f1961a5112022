import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Evaluation } from "../../../src/core/evaluate/evaluation.ts";
import { renderMarkdown } from "../../../src/core/report/markdown.ts";
import { renderSarif } from "../../../src/core/report/sarif.ts";
import { renderTerminal } from "../../../src/core/report/terminal.ts";
import { renderVerdictJson } from "../../../src/core/report/verdict-json.ts";
import {
  allowed,
  hostile,
  i03,
  i04,
  i05,
  nasty,
  overridden,
  permitted,
  planned,
  site,
  unreadablePolicy,
  widenedRole,
} from "./evaluations.ts";

const folder = fileURLToPath(new URL("golden", import.meta.url));
const update = process.env["UPDATE_GOLDEN"] === "1";
if (update) mkdirSync(folder, { recursive: true });

const cases: Readonly<Record<string, Evaluation>> = {
  "value-out-of-bounds": i03,
  "production-through-a-module": i05,
  "two-findings": i04,
  "permission-widened": permitted,
  "unmarked-allow": allowed,
  "unreadable-policy": unreadablePolicy,
  overridden,
  "permission-added": widenedRole,
  "terraform-plan": planned,
  hostile: hostile(nasty),
};

const renderers: Readonly<Record<string, (evaluation: Evaluation) => string>> = {
  md: (evaluation) => renderMarkdown(evaluation, site),
  txt: (evaluation) => renderTerminal(evaluation, false),
  json: renderVerdictJson,
  sarif: (evaluation) => renderSarif(evaluation, site),
};

describe.each(Object.entries(cases))("the report of %s", (name, evaluation) => {
  test.each(Object.entries(renderers))("stands as recorded in .%s", (kind, render) => {
    const path = `${folder}/${name}.${kind}`;
    const rendered = render(evaluation);
    if (update) writeFileSync(path, rendered);
    const recorded = existsSync(path) ? readFileSync(path, "utf8") : "";
    expect(rendered, `to accept the change: UPDATE_GOLDEN=1 npx vitest run ${"test/core/report/golden.test.ts"}`).toBe(
      recorded,
    );
  });
});
