import { expect, test } from "vitest";
import { guardrailOf } from "../../../src/core/change/guardrails.ts";

test.each([
  [".github/sallyport.yml", "the policy of this gate"],
  ["CODEOWNERS", "code ownership"],
  ["docs/CODEOWNERS", "code ownership"],
  [".github/codeowners", "code ownership"],
  [".github/workflows/ci.yml", "workflows"],
  [".github/workflows/shared/action.yaml", "workflows"],
  [".github/actions/run/index.js", "workflows"],
  [".github/actions/run/README.md", "workflows"],
  [".github/workflows/README.md", null],
  [".github/workflows/matrix.json", null],
  ["workflows/ci.yml", null],
  ["AGENTS.md", "instructions for agents"],
  ["services/api/CLAUDE.md", "instructions for agents"],
  [".cursor/rules/all.mdc", "instructions for agents"],
  [".github/copilot-instructions.md", "instructions for agents"],
  [".github/rulesets/main.json", "branch protection"],
  ["docs/CODEOWNERS.md", null],
])("%s: %j", (path, expected) => expect(guardrailOf(path)).toBe(expected));
