import { z } from "zod";
import type { Place } from "../../change/change-set.ts";
import { defineRule } from "../../rule.ts";
import { inCode } from "../../terraform/telling.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import type { Step, Workflow } from "../../workflows/model.ts";
import { outputOf, printsEnvironment, type SecretLine, secretLines, traces } from "../../workflows/secret-flows.ts";

export default defineRule({
  id: "gha-secret-printed",
  invariant: "no-secrets",
  severity: "high",
  confidence: "medium",
  summary: "A workflow puts a secret into a log, a summary, an output or an artifact.",
  why: "GitHub hides a secret in logs only as it was entered: encoded, cut or as a part of JSON it is shown to everybody who may read the repository; artifacts are not looked at at all.",
  remedy:
    "Hand the secret to the one program that needs it, by an environment variable or its standard input, and print nothing of it.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      leaksIn(workflow).map((leak) => ({ key: `${leak.how} ${leak.secrets.join(",")}`, trace: leak.text, leak })),
    );
    for (const { workflow, item } of found) {
      const { how, secrets, job, at, certain } = item.leak;
      yield {
        at,
        about: `${workflow.path}#${job}.${how}.${secrets.join(",")}`,
        message: `job ${inCode(job)} puts ${told(secrets)} into ${how}`,
        object: job,
        ...(certain ? {} : { asks: true as const }),
      };
    }
  },
  examples: {
    "the log, in a form that is not hidden": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      >           echo "\${{ secrets.NPM_TOKEN }}" | base64`,
    "all of them": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            env:
              ALL: \${{ toJSON(secrets) }}
            steps:
              - run: |
                  make
      >           echo "$ALL"`,
    "the log, a summary and an output": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - env:
                  TOKEN: \${{ secrets.NPM_TOKEN }}
                run: |
                  make
      >           echo "token is $TOKEN"
      >           echo "\${TOKEN}" >> "$GITHUB_STEP_SUMMARY"
      >           echo "token=$TOKEN" >> $GITHUB_OUTPUT`,
    "a file that becomes an artifact": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      >       - run: echo "\${{ secrets.SIGNING_KEY }}" > build/key.pem
              - uses: actions/upload-artifact@v4
                with: { name: build, path: build }`,
    "the environment of a step that holds one": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - env: { TOKEN: "\${{ secrets.NPM_TOKEN }}" }
                run: |
                  make
      >           printenv | sort
      >           set -x`,
    "it is handed to a program": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - env: { TOKEN: "\${{ secrets.NPM_TOKEN }}" }
                run: |
                  make
      +           echo "$TOKEN" | docker login -u acme --password-stdin
      +           echo "//registry.npmjs.org/:_authToken=$TOKEN" > ~/.npmrc
      +           echo "::add-mask::$TOKEN"
      +           npm publish`,
    "a key is decoded into a file that stays": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      +       - run: echo "\${{ secrets.SIGNING_KEY }}" | base64 -d > key.p12
              - uses: actions/upload-artifact@v4
                with: { name: build, path: build }`,
    "something else is printed": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - env: { TOKEN: "\${{ secrets.NPM_TOKEN }}" }
                run: |
                  make
      +           echo "version $VERSION, token is \${#TOKEN} long"
      +           env | grep -c CI`,
    "a trace where no secret is": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      +           set -x
      +           env`,
  },
});

interface Leak {
  readonly how: string;
  readonly secrets: readonly string[];
  readonly job: string;
  readonly text: string;
  readonly at: Place;
  readonly certain: boolean;
}

function leaksIn(workflow: Workflow): readonly Leak[] {
  const uploaded = new Map(workflow.jobs.map((job) => [job.id, job.steps.flatMap(uploadsOf)]));
  return secretLines(workflow).flatMap((line) => leakOf(line, uploaded.get(line.job) ?? []));
}

function leakOf(line: SecretLine, uploads: readonly string[]): readonly Leak[] {
  const { text, at, job, secrets, around } = line;
  const leak = (how: string, of: readonly string[], certain: boolean): readonly Leak[] => [
    { how, secrets: of, job, text, at, certain },
  ];
  if (around.length > 0) {
    const whole = printsEnvironment(text);
    if (whole !== null) return leak("the log, with the whole environment", around, whole === "in another form");
    if (traces.test(text)) return leak("the log, with every command as it runs", around, false);
  }
  const output = secrets.length === 0 ? null : outputOf(withoutLengths(text));
  switch (output?.kind) {
    case "log":
      // A JSON of secrets is none of them: what stands in it is hidden line by line at best.
      return leak("the log", secrets, secrets.includes("*"));
    case "log, in another form":
      return leak(`the log, in another form (${inCode(output.by)})`, secrets, true);
    case "summary":
      return leak("the summary of the run", secrets, secrets.includes("*"));
    case "output":
      return leak("an output, which other steps and jobs read", secrets, secrets.includes("*"));
    case "file": {
      const upload = uploads.find((path) => covers(path, output.path));
      if (upload === undefined) return [];
      return leak(`${inCode(output.path)}, which becomes an artifact`, secrets, !everywhere.test(upload));
    }
    case undefined:
      return [];
  }
}

/** \`\${#TOKEN}\` is a number. */
function withoutLengths(text: string): string {
  return text.replaceAll(/\$\{#\w+\}/g, "0");
}

const everywhere = /^(?:\.\/?|\*\*?(?:\/\*)?)$/;

/** Paths of artifacts that a step puts up. */
function uploadsOf({ uses, inputs }: Step): readonly string[] {
  if (uses?.ref.kind !== "action" || !/^actions\/upload-(?:pages-)?artifact$/.test(uses.ref.name)) return [];
  return inputs
    .filter(({ key }) => key === "path")
    .flatMap(({ text }) => text.split("\n").map((path) => path.trim()))
    .filter((path) => path !== "" && !path.startsWith("!"));
}

function covers(upload: string, file: string): boolean {
  const plain = (path: string): string => path.replace(/^\.\//, "").replace(/\/?\*{0,2}$/, "");
  if (everywhere.test(upload)) return !/^[~/$]/.test(file);
  return plain(file) === plain(upload) || plain(file).startsWith(`${plain(upload)}/`);
}

function told(secrets: readonly string[]): string {
  if (secrets.includes("*")) return "every secret";
  return `${secrets.length === 1 ? "the secret" : "the secrets"} ${secrets.map(inCode).join(", ")}`;
}
