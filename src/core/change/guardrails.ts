import { tightening } from "../policy/patterns.ts";

/** What keeps agents and changes within bounds, by what it is. Folders mean everything below them. */
export type Guardrail =
  | "the policy of this gate"
  | "code ownership"
  | "workflows"
  | "instructions for agents"
  | "branch protection";

/**
 * Where each of them lives. Sources: docs.github.com "About code owners" (three places), "Workflow syntax", "Adding repository
 * custom instructions"; agents.md; the documentation of Claude Code, Cursor, Gemini CLI, Windsurf, aider, Cline, Roo Code, Junie, Kiro,
 * Amazon Q, Codex, Continue, OpenHands and Goose; github.com/repository-settings/app, Mergify, policy-bot and Allstar.
 */
const places: Readonly<Record<Guardrail, readonly string[]>> = {
  "the policy of this gate": ["{.github/,}sallyport.{yml,yaml}", ".github/sallyport/**"],
  "code ownership": ["{.github/,docs/,}CODEOWNERS"],
  workflows: [".github/workflows/**/*.{yml,yaml}", ".github/actions/**"],
  "instructions for agents": [
    "**/{AGENTS,AGENT,CLAUDE,CLAUDE.local,GEMINI,QWEN,CONVENTIONS.aider}.md",
    "**/{.cursorrules,.windsurfrules,.clinerules,.roorules,.goosehints,.mcp.json,.aider*}",
    "**/{.claude,.cursor,.windsurf,.clinerules,.roo,.junie,.kiro,.amazonq,.codex,.gemini,.continue,.openhands,.opencode}/**",
    ".github/copilot-instructions.md",
    ".github/{instructions,agents,prompts,chatmodes}/**",
    ".github/workflows/copilot-setup-steps.{yml,yaml}",
    ".vscode/mcp.json",
  ],
  "branch protection": [
    ".github/{settings,mergify,policy,branch-protection}.{yml,yaml}",
    ".github/{rulesets,allstar}/**",
    "{.mergify,.policy}.yml",
    "{.github/,}.kodiak.toml",
  ],
};

const matchers = Object.entries(places).map(([guardrail, patterns]) => ({ guardrail, matches: tightening(patterns) }));

/** The guardrail that a path is part of, as words for a report; null for everything else. */
export function guardrailOf(path: string): string | null {
  return matchers.find(({ matches }) => matches(path))?.guardrail ?? null;
}
