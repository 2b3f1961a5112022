/**
 * What is known about one agent, from public documentation and public commits. Every entry was seen in commits or API answers
 * (`observed`) or in the vendor's documentation and several independent repositories (`documented`); hearsay is not listed.
 */
export interface Agent {
  readonly key: string;
  readonly name: string;
  readonly evidence: "observed" | "documented";
  /** Numeric account ids. They survive renames of the app, logins do not. */
  readonly ids: readonly number[];
  /** Slugs of GitHub Apps, former ones too: `slug[bot]` is a login that no person can have. */
  readonly apps: readonly string[];
  /** Other logins of the account where GitHub shows them without `[bot]`, and accounts of type User whose id is not known. */
  readonly logins: readonly string[];
  /** Whole mailboxes of authors and committers; those at users.noreply.github.com are read by id and login instead. */
  readonly authorMailboxes: readonly string[];
  /** Whole mailboxes in `Co-authored-by` and its like. */
  readonly coAuthorMailboxes: readonly string[];
  readonly authorNames: readonly RegExp[];
  /** Names in a co-author trailer that say it whatever the mailbox. */
  readonly coAuthorNames: readonly RegExp[];
  /** Whole names in a co-author trailer without a mailbox. */
  readonly bareNames: readonly string[];
  /** Whole lines of a commit message. */
  readonly trailers: readonly RegExp[];
  /** Marks in the description of a pull request; as footers they also occur in commit messages. */
  readonly bodyMarks: readonly RegExp[];
  /** At the start of a branch name, with the slash: without it the words are those of people. */
  readonly branchPrefixes: readonly string[];
  readonly branchPatterns: readonly RegExp[];
  readonly labels: readonly string[];
  /** `SHA256:...` of an SSH key that the vendor's machines sign with. */
  readonly signingKeys: readonly string[];
  /** Lines of the description that name who set it to work; the first group is the name. */
  readonly invokerLines: readonly RegExp[];
  /** Names after an `@` that set it to work in a comment, as its vendor documents, beside its logins and the slugs of its apps. */
  readonly handles: readonly string[];
  /** Whole words that do, at the start of a line. */
  readonly commands: readonly RegExp[];
  /** Keys of further entries whose marks its own work carries: what one vendor's app does, the same vendor's tool signs. */
  readonly carries: readonly string[];
  /** Whether its app acts from inside of workflows: then somebody's workflow run is behind what it does. */
  readonly inWorkflows: boolean;
}

const nothing: Omit<Agent, "key" | "name"> = {
  evidence: "observed",
  ids: [],
  apps: [],
  logins: [],
  authorMailboxes: [],
  coAuthorMailboxes: [],
  authorNames: [],
  coAuthorNames: [],
  bareNames: [],
  trailers: [],
  bodyMarks: [],
  branchPrefixes: [],
  branchPatterns: [],
  labels: [],
  signingKeys: [],
  invokerLines: [],
  handles: [],
  commands: [],
  carries: [],
  inWorkflows: false,
};

function agent(key: string, name: string, known: Partial<Omit<Agent, "key" | "name">>): Agent {
  return { ...nothing, ...known, key, name };
}

/** Both roles share most mailboxes. */
function mailboxes(...all: string[]): Pick<Agent, "authorMailboxes" | "coAuthorMailboxes"> {
  return { authorMailboxes: all, coAuthorMailboxes: all };
}

/**
 * The table. Facts only: where an agent is not revealed by a kind of mark, the field is absent. Left out on purpose: branch words
 * without a slash and `factory/` (people use them), `[WIP]` and "Initial plan" (people write them), `CURSOR_SUMMARY` and
 * `ELLIPSIS_HIDDEN` (a reviewer leaves them on anybody's pull request), ids that only hearsay reports.
 */
export const agents: readonly Agent[] = [
  agent("copilot-cloud-agent", "GitHub Copilot cloud agent", {
    ids: [198982749],
    apps: ["copilot-swe-agent"],
    logins: ["copilot-swe-agent"],
    trailers: [/^agent-logs-url:\s*https:\/\/github\.com\/\S+\/sessions\//i],
    bodyMarks: [
      /<!-- START COPILOT (?:CODING AGENT (?:TIPS|SUFFIX)|ORIGINAL PROMPT) -->/i,
      /copilot-coding-agent-tips/i,
    ],
    branchPrefixes: ["copilot/"],
    handles: ["copilot"],
  }),
  agent("copilot-cli", "Copilot CLI, app and editor", {
    ids: [223556219],
    ...mailboxes("copilot@github.com"),
    bareNames: ["copilot", "copilot app", "github copilot"],
    coAuthorNames: [/^github copilot\b/i],
    trailers: [/^copilot-session:\s*\S/i],
  }),
  agent("claude-agent-hq", "Claude on GitHub", {
    ids: [242468646],
    apps: ["anthropic-code-agent"],
    carries: ["claude-code", "copilot-cloud-agent"],
  }),
  agent("codex-agent-hq", "Codex on GitHub", {
    evidence: "documented",
    ids: [242516109],
    apps: ["openai-code-agent"],
    carries: ["codex", "copilot-cloud-agent"],
  }),
  agent("claude-code-web", "Claude Code on the web", {
    // A person's account of old: GitHub maps the vendor's mailbox to it, so it never tells of a person.
    ids: [81847],
    logins: ["claude"],
    authorMailboxes: ["noreply@anthropic.com", "no-reply@anthropic.com"],
    signingKeys: ["SHA256:32dP45eSMmVSt/G/CGvcxl/P+MO3Nwj9xeTh/GSA2wc"],
    bodyMarks: [/https:\/\/claude\.ai\/code\/session_/i],
  }),
  agent("claude-code", "Claude Code", {
    coAuthorMailboxes: ["noreply@anthropic.com", "no-reply@anthropic.com"],
    coAuthorNames: [/^claude (?:code|opus|sonnet|haiku|fable|\d)/i],
    bareNames: ["claude", "claude code"],
    trailers: [/^claude-session:\s*\S/i],
    bodyMarks: [/generated with \[claude code\]/i],
    branchPrefixes: ["claude/"],
  }),
  agent("claude-code-action", "Claude GitHub App", {
    ids: [209825114],
    apps: ["claude"],
    carries: ["claude-code"],
    inWorkflows: true,
  }),
  agent("codex", "OpenAI Codex", {
    ids: [199175422, 267193182],
    apps: ["chatgpt-codex-connector"],
    ...mailboxes("codex@openai.com", "noreply@openai.com"),
    coAuthorNames: [/^(?:openai )?codex(?: cli| gpt\S*)?$/i],
    bareNames: ["codex", "openai codex"],
    bodyMarks: [/https:\/\/chatgpt\.com\/codex\/tasks\b/i],
    branchPrefixes: ["codex/"],
    labels: ["codex"],
    handles: ["codex"],
  }),
  agent("cursor", "Cursor", {
    ids: [206951365, 199161495],
    apps: ["cursor"],
    logins: ["cursoragent"],
    ...mailboxes("cursoragent@cursor.com", "agent@cursor.com"),
    bareNames: ["cursor", "cursor agent"],
    trailers: [/^made-with:\s*cursor\s*$/i],
    bodyMarks: [
      /<!-- CURSOR_AGENT_PR_BODY_BEGIN -->/i,
      /https:\/\/(?:www\.)?cursor\.com\/(?:background-agent|agents)\b/i,
    ],
    branchPrefixes: ["cursor/"],
    signingKeys: ["SHA256:/ZGdxqU+YWGLYEplYKh2c36jVXjB1wQzjGRo7qwO46I"],
  }),
  agent("devin", "Devin", {
    ids: [158243242],
    apps: ["devin-ai-integration"],
    bareNames: ["devin ai"],
    bodyMarks: [/link to devin (?:run|session)\b/i, /https:\/\/app\.devin\.ai\/sessions\//i],
    branchPrefixes: ["devin/"],
    invokerLines: [/^[ \t]*requested by:[ \t]*@?([^\r\n]+)$/im],
  }),
  agent("jules", "Google Jules", {
    ids: [161369871],
    apps: ["google-labs-jules"],
    bodyMarks: [/https:\/\/jules\.google\.com\/task\//i, /pr created automatically by jules\b/i],
    branchPrefixes: ["jules/"],
    // The task's number at the end of an ordinary name.
    branchPatterns: [/-\d{15,20}$/],
    invokerLines: [/\bstarted by @([A-Za-z0-9-]+)/i],
  }),
  agent("openhands", "OpenHands", {
    logins: ["openhands-agent", "all-hands-bot"],
    ...mailboxes("openhands@all-hands.dev", "opendevin@all-hands.dev"),
    bareNames: ["openhands"],
    branchPrefixes: ["openhands/", "openhands-fix-issue-", "openhands-workspace-"],
    handles: ["openhands"],
  }),
  agent("aider", "aider", {
    authorNames: [/\(aider\)\s*$/i],
    coAuthorMailboxes: ["aider@aider.chat", "noreply@aider.chat", "noreply@aider.dev"],
    coAuthorNames: [/^aider \(/i],
    bareNames: ["aider"],
    trailers: [/^aider: /i],
    branchPrefixes: ["aider/"],
  }),
  agent("gemini", "Gemini CLI and Code Assist", {
    ids: [176961590, 218312386, 224641728],
    apps: ["gemini-code-assist", "gemini-cli"],
    logins: ["gemini-cli-robot"],
    ...mailboxes("gemini-cli-robot@google.com"),
    bareNames: ["gemini", "gemini cli"],
    branchPrefixes: ["gemini/"],
    inWorkflows: true,
  }),
  agent("amazon-q", "Amazon Q Developer", {
    ids: [208079219],
    apps: ["amazon-q-developer"],
    commands: [/^\/q\s+dev\b/i],
  }),
  agent("kiro", "Kiro", { ids: [244629292], logins: ["kiro-agent"] }),
  agent("factory-droid", "Factory Droid", {
    ids: [138933559],
    apps: ["factory-droid"],
    ...mailboxes("droid@factory.ai"),
    handles: ["droid"],
  }),
  agent("codegen", "Codegen", {
    ids: [131295404],
    apps: ["codegen-sh"],
    logins: ["codegen-bot"],
    ...mailboxes("team+codegenbot@codegen.sh"),
    branchPrefixes: ["codegen-bot/", "codegen/"],
  }),
  agent("sweep", "Sweep", {
    ids: [128439645, 131841235, 132422995],
    apps: ["sweep-ai", "sweep-nightly", "sweep-canary"],
    branchPrefixes: ["sweep/"],
    commands: [/^sweep:/i],
  }),
  agent("seer", "Seer by Sentry", {
    ids: [157164994, 39604003],
    apps: [
      "seer-by-sentry",
      "sentry",
      "sentry-autofix",
      "sentry-ai-autofix-experimental",
      "sentry-autofix-experimental",
    ],
    branchPrefixes: ["seer/", "autofix/"],
  }),
  agent("roomote", "Roo Code", {
    ids: [219738659],
    apps: ["roomote", "roomote-v0"],
    ...mailboxes("roomote@roocode.com"),
  }),
  agent("warp-oz", "Warp and Oz", {
    ids: [240773466, 277970191, 243557089, 284697482],
    apps: [
      "warp-agent-staging",
      "warp-dev-github-integration",
      "oz-for-oss",
      "warp-for-oss",
      "oz-by-warp",
      "warp-factories",
      "oz-for-x",
    ],
    ...mailboxes("oz-agent@warp.dev", "agent@warp.dev"),
    branchPrefixes: ["oz/", "oz-agent/"],
    handles: ["oz-agent"],
  }),
  agent("charlie", "Charlie", {
    ids: [198680274],
    apps: ["charliecreates"],
    logins: ["charliehelps"],
    ...mailboxes("charlie@charlielabs.ai"),
  }),
  agent("ellipsis", "Ellipsis", { ids: [65095814], apps: ["ellipsis-dev"], branchPrefixes: ["ellipsis/"] }),
  agent("lovable", "Lovable", {
    evidence: "documented",
    ids: [159125892],
    apps: ["lovable-dev", "gpt-engineer-app"],
    trailers: [/^x-lovable-edit-id:\s*edt-/i],
  }),
  agent("opencode", "OpenCode", {
    evidence: "documented",
    ids: [219766164],
    apps: ["opencode-agent"],
    ...mailboxes("noreply@opencode.ai"),
    trailers: [/^opencode-model:\s*\S/i],
    branchPrefixes: ["opencode/"],
    commands: [/^\/(?:oc|opencode)\b/i],
    inWorkflows: true,
  }),
  agent("amp", "Amp", {
    ...mailboxes("amp@ampcode.com"),
    bareNames: ["amp"],
    trailers: [/^amp-thread-id:\s*https:\/\/ampcode\.com\/threads\//i],
  }),
  agent("replit", "Replit Agent", {
    evidence: "documented",
    trailers: [/^replit-commit-author:\s*(?:agent|assistant)\b/i, /^replit-commit-session-id:\s*\S/i],
  }),
  agent("entire", "Entire checkpoints", {
    trailers: [/^entire-(?:session|strategy|agent|checkpoint|metadata):\s*\S/i],
    branchPrefixes: ["entire/"],
  }),
  agent("gh-aw", "GitHub Agentic Workflows", {
    bodyMarks: [/<!-- gh-aw-(?:agentic-workflow|workflow-id):/i],
  }),
  agent("codeflash", "Codeflash", { ids: [148906541], apps: ["codeflash-ai"] }),
  agent("cline", "Cline", { ids: [276134852], apps: ["cline-cloud"], authorMailboxes: ["cline@example.com"] }),
  agent("aikido-autofix", "Aikido AutoFix", { ids: [119856028], apps: ["aikido-autofix"] }),
  agent("blackbox", "Blackbox", { ...mailboxes("agent@blackbox.ai", "code@blackbox.ai") }),
  agent("mentat", "Mentat", { ids: [160964065], logins: ["mentatbot"] }),
  agent("strands", "Strands Agents", { ids: [217235299], logins: ["strands-agent"] }),
  agent("pi", "Pi Coding Agent", {
    ...mailboxes("noreply@pi.dev"),
    authorNames: [/\(via pi coding agent\)/i],
    trailers: [/^generated-by:\s*pi\b/i],
  }),
  // Neutral trailers name a tool without saying which of these it is. `Assisted-by: TOOL:MODEL` is the Linux kernel's convention.
  agent("unnamed-tool", "a tool that its trailer names", {
    trailers: [
      /^assisted-by:\s*[^:<>@]+:[^\s@]\S*(?:\s+[^\s@]+)*\s*$/i,
      /^ai-assisted:\s*(?:true|yes)\s*$/i,
      /^ai-(?:session|model|lines):\s*\S/i,
    ],
  }),
];
