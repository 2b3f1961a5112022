import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import type { Job, Step, Workflow } from "../../workflows/model.ts";

export default defineRule({
  id: "gha-artifact-holds-credentials",
  invariant: "no-secrets",
  severity: "high",
  confidence: "high",
  summary:
    "A workflow uploads files that hold credentials: the folder of git with the token of the checkout, or files of secrets.",
  why: "Whoever can read the repository can download its artifacts, of a public one everybody, while the run that the token belongs to still goes on.",
  remedy: "Upload the one folder that was built, and check out with `persist-credentials: false`.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      uploadsOf(workflow).map((upload) => ({ key: upload.text, trace: upload.job, upload })),
    );
    for (const { workflow, item } of found) {
      const { at, job, text, holds } = item.upload;
      const about = `${workflow.path}#${job}.artifact`;
      if (holds === null) {
        yield {
          at,
          about,
          undecided: `whether \`${text}\`, which job \`${job}\` uploads, holds the token of its checkout`,
        };
        continue;
      }
      yield {
        at,
        about,
        message: `job \`${job}\` uploads \`${text}\`, ${holds}`,
        asks: true,
        object: job,
      };
    }
  },
  examples: {
    "the whole checkout, with its token": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
              - run: make
      +       - uses: actions/upload-artifact@v3
      +         with:
      >           path: .`,
    "the checkout keeps its token from now on": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
      -         with: { persist-credentials: false }
              - uses: actions/upload-artifact@v4
                with:
                  name: all
                  include-hidden-files: true
      !           path: \${{ github.workspace }}`,
    "files of secrets": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +       - uses: actions/upload-artifact@v4
      +         with:
      >           path: |
      +             dist
      +             ~/.aws/credentials`,
    "what was built": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
              - run: make
      +       - uses: actions/upload-artifact@v4
      +         with: { path: dist }`,
    "the whole folder without hidden files, or without a token": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
              - run: make
      +       - uses: actions/upload-artifact@v4
      +         with: { path: . }
          pack:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
                with: { persist-credentials: false }
      +       - uses: actions/upload-artifact@v3
      +         with: { path: . }`,
  },
});

const wholeFolder =
  /^(?:\.|\.\/|\.\/?\*\*?|\*\*?\/?\*?|\$\{\{\s*github\.workspace\s*\}\}\/?|\$GITHUB_WORKSPACE\/?|\.git(?:\/.*)?|\.\/\.git(?:\/.*)?)$/u;
const secretFile =
  /(?:^|\/)(?:\.env(?:\.\w+)?|\.npmrc|\.pypirc|\.netrc|\.aws(?:\/.*)?|\.kube(?:\/.*)?|kubeconfig|\.docker\/config\.json|\.ssh(?:\/.*)?|id_(?:rsa|ed25519|ecdsa)|[\w.-]*\.tfstate(?:\.backup)?|credentials\.json|application_default_credentials\.json|[\w.-]+\.(?:pem|p12|pfx|jks|keystore))$/u;

/** Nothing but one expression or variable. */
const onlyKnownThen = /^(?:\$\{\{[^}]*\}\}|\$\{?\w+\}?|\{\{[^}]*\}\})\/?$/u;

interface Upload {
  readonly job: string;
  readonly text: string;
  /** What it holds, as a clause; null where that is only known when it runs. */
  readonly holds: string | null;
  readonly at: Step["at"];
}

function uploadsOf(workflow: Workflow): readonly Upload[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const path = uploaded(step);
      if (path === null) return [];
      const lines = path.text.split("\n").map((line) => line.trim().replace(/^["']|["']$/gu, ""));
      const secret = lines.find((line) => secretFile.test(line));
      const whole = keepsToken(job) && takesHidden(step) ? lines.find((line) => wholeFolder.test(line)) : undefined;
      const unknown = keepsToken(job) && takesHidden(step) ? lines.find((line) => onlyKnownThen.test(line)) : undefined;
      const text = secret ?? whole ?? unknown;
      if (text === undefined) return [];
      const holds =
        secret !== undefined
          ? "which by its name holds credentials"
          : whole !== undefined
            ? "with the token that the checkout left in `.git/config`"
            : null;
      return [{ job: job.id, text, holds, at: path.at }];
    }),
  );
}

function uploaded({ uses, inputs }: Step) {
  const uploads = uses?.ref.kind === "action" && /^actions\/upload-(?:pages-)?artifact$/u.test(uses.ref.name);
  return uploads ? (inputs.find(({ key }) => key === "path") ?? null) : null;
}

/** Since 4.4 hidden files stay behind unless they are asked for; a tag or commit that does not say is taken for newer. */
function takesHidden({ uses, inputs }: Step): boolean {
  const asked = inputs.find(({ key }) => key === "include-hidden-files")?.text;
  const ref = uses?.ref.kind === "action" ? uses.ref.ref : "";
  return (asked !== undefined && asked !== "false") || /^v?(?:[123](?:\.|$)|4\.[0-3](?:\.|$))/u.test(ref);
}

function keepsToken({ steps }: Job): boolean {
  return steps.some(
    ({ uses, inputs }) =>
      uses?.ref.kind === "action" &&
      uses.ref.name === "actions/checkout" &&
      inputs.find(({ key }) => key === "persist-credentials")?.text !== "false",
  );
}
