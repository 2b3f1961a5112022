import { z } from "zod";
import { placeOf } from "../../change/hunks.ts";
import { linesOf, newMarks } from "../../gates/files.ts";
import { agesIn, configuresUpdater, mergingIn, undecidedIn } from "../../gates/updaters.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "gate-updates-merge-themselves",
  invariant: "guardrails-are-untouched",
  severity: "high",
  confidence: "high",
  summary:
    "Updates of dependencies come in by themselves, sooner or past the tests, where somebody looked at them before.",
  why: "A package that was taken over is out for hours before it is noticed. An updater that merges at once brings it in while everybody sleeps.",
  remedy:
    "Let people merge updates, or at least wait some days for those that merge themselves and leave the tests in their way.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    const configured = files.filter(({ path, before, after }) =>
      configuresUpdater(path, [...(linesOf(before) ?? []), ...(linesOf(after) ?? [])]),
    );
    for (const { file, mark } of newMarks(configured, mergingIn)) {
      if (mark === null) {
        yield {
          at: placeOf(file),
          about: file.path,
          undecided: `which updates \`${file.path}\` lets in by themselves`,
        };
        continue;
      }
      yield {
        at: { path: file.path, side: "head", line: mark.line },
        about: `${file.path}#${mark.key}`,
        message: `\`${mark.text}\`: the updater ${mark.key}`,
        asks: true,
      };
    }
    for (const { file, mark } of newMarks(configured, undecidedIn)) {
      if (mark === null) continue;
      const at = { path: file.path, side: "head" as const, line: mark.line };
      yield { at, about: `${file.path}#${mark.key}`, undecided: `whether updates merge themselves: \`${mark.text}\`` };
    }
    for (const file of configured) {
      const [was, is] = [agesIn(linesOf(file.before) ?? []), agesIn(linesOf(file.after) ?? [])];
      const least = Math.min(...was.map(({ hours }) => hours ?? Number.POSITIVE_INFINITY));
      const [gone] = was;
      if (gone !== undefined && is.length === 0 && file.after !== null) {
        yield {
          at: { path: file.path, side: "base", line: gone.line },
          about: `${file.path}#age`,
          message: `\`${gone.text}\` is gone: updates come as soon as they are out`,
          asks: true,
        };
      }
      for (const { hours, text, line } of is) {
        const at = { path: file.path, side: "head" as const, line };
        if (was.some((one) => one.text === text)) continue;
        if (hours === null)
          yield { at, about: `${file.path}#age.${line}`, undecided: `how long updates have to be out: \`${text}\`` };
        else if (Number.isFinite(least) && hours < least) {
          yield {
            at,
            about: `${file.path}#age.${line}`,
            message: `\`${text}\`: updates come sooner than before (\`${gone?.text ?? ""}\`)`,
            asks: true,
          };
        }
      }
    }
  },
  examples: {
    "they merge themselves": `
      M renovate.json
        {
          "extends": ["config:recommended"],
      >   "automerge": true
        }`,
    "past the tests, and at once": `
      M .github/renovate.json5
        {
          automerge: true,
      >   ignoreTests: true,
      -   minimumReleaseAge: "7 days",
      >   minimumReleaseAge: "1 day",
        }`,
    "the wait is gone": `
      M renovate.json
        {
      <   "minimumReleaseAge": "3 days",
          "extends": ["config:recommended"]
        }`,
    "fewer of them do": `
      M renovate.json
        {
          "extends": ["config:recommended"],
      -   "automerge": true
      +   "automerge": false,
      +   "minimumReleaseAge": "3 days"
        }`,
    "another file that says automerge": `
      M config/app.json
        {
      +   "automerge": true
        }`,
  },
});
