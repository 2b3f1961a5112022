import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld, once } from "../../workflows/fresh.ts";
import type { Workflow } from "../../workflows/model.ts";
import { type SecretUse, secretsUsed } from "../../workflows/secrets.ts";
import { isPrivileged } from "../../workflows/triggers.ts";

export default defineRule({
  id: "gha-secret-newly-used",
  invariant: "no-secrets",
  severity: "high",
  confidence: "high",
  summary: "A workflow comes to read a secret that it did not read before, or hands all of them on.",
  why: "Every step of the job, and every action in it, can send it away. Secrets that are handed on as a whole go to whoever writes the workflow that is called.",
  remedy:
    "Hand over the one secret that is needed, by name, to the one step that needs it, in a job with an environment that protects it.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) => {
      const rights = isPrivileged(workflow) ? " where outsiders start it" : "";
      return once(secretsUsed(workflow).map((use) => ({ key: `${use.name}${rights}`, trace: "", use })));
    });
    const told = new Map<string, Workflow>();
    const named = new Map<string, SecretUse[]>();
    for (const { workflow, item } of found) {
      const { name, job, at } = item.use;
      const stood = changes.find(({ after }) => after === workflow)?.before ?? null;
      // The workflow only lost rights, or held all of them: the same secret is read as before.
      if (stood !== null && (isPrivileged(stood) || !isPrivileged(workflow)) && holds(stood, name)) continue;
      if (name === "*") {
        yield {
          at,
          about: `${workflow.path}#secrets.*`,
          message: `job \`${job}\` comes to hold every secret${started(workflow)}`,
          // To a workflow of this repository they are handed on for whoever reads both.
          ...(stood === null || isHandedOn(workflow, item.use) ? { asks: true as const } : {}),
          object: job,
        };
        continue;
      }
      const key = `${workflow.path}#${job}`;
      named.set(key, [...(named.get(key) ?? []), item.use]);
      told.set(key, workflow);
    }
    for (const [key, uses] of named) {
      const [first] = uses;
      const workflow = told.get(key);
      if (first === undefined || workflow === undefined) continue;
      const names = uses.map(({ name }) => name).toSorted();
      const whose = first.environment === null ? "" : ` of \`${first.environment}\``;
      yield {
        at: first.at,
        about: `${key}.secrets.${names.join(",")}`,
        message: `job \`${first.job}\` comes to read the ${names.length === 1 ? "secret" : "secrets"} \`${names.join("`, `")}\`${whose}${started(workflow)}`,
        // One secret by name is what workflows are for; all of them is not.
        asks: true,
        object: first.job,
      };
    }
  },
  examples: {
    "one more secret": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +         env:
      >           TOKEN: \${{ secrets.NPM_TOKEN }}`,
    "all of them are handed on": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          deploy:
            uses: acme/flows/.github/workflows/deploy.yml@v1
      -     secrets:
      -       token: \${{ secrets.DEPLOY_TOKEN }}
      >     secrets: inherit`,
    "all of them, as a text": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +         env:
      >           ALL: \${{ toJSON(secrets) }}`,
    "outsiders come to start it": `
      M .github/workflows/ci.yml
      - on: push
      + on: issue_comment
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
                env:
      !           TOKEN: \${{ secrets['NPM_TOKEN'] }}`,
    "it is read elsewhere in the file": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: make
      -         env: { TOKEN: "\${{ secrets.NPM_TOKEN }}" }
      +       - run: make all
      +         env:
      +           NPM: \${{ secrets.npm_token }}`,
    "the token of the run is no secret of the repository": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +         env:
      +           GH_TOKEN: \${{ secrets.GITHUB_TOKEN }}`,
    "a word that only looks like it": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
      +       - run: echo "no secrets.NPM_TOKEN \${{ inputs.secrets }}"`,
  },
});

function holds(workflow: Workflow, name: string): boolean {
  return secretsUsed(workflow).some((use) => use.name === name || use.name === "*");
}

function started(workflow: Workflow): string {
  return isPrivileged(workflow) ? ", in a workflow that outsiders start" : "";
}

/** `secrets: inherit` for a workflow of this repository. */
function isHandedOn(workflow: Workflow, { job, at }: SecretUse): boolean {
  const caller = workflow.jobs.find(({ id }) => id === job);
  return caller?.calls?.ref.kind === "local" && caller.inheritsSecrets?.line === at.line;
}
