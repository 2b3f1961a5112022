import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { cloudLoginsIn } from "../../workflows/cloud-logins.ts";
import { newlyHeld } from "../../workflows/fresh.ts";

export default defineRule({
  id: "gha-cloud-key-for-oidc",
  invariant: "authentication-is-unchanged",
  severity: "high",
  confidence: "high",
  summary: "A workflow logs in to a cloud with a key that lasts, where it asked for a short-lived one before.",
  why: "A key that lasts is worth stealing: it works from everywhere until somebody rotates it, and no condition on the repository, branch or environment bounds it.",
  remedy:
    "Keep the login by OIDC: a role, a workload identity or a federated credential, bounded to this repository and environment.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      cloudLoginsIn(workflow)
        .filter(({ kind }) => kind === "key")
        .map((login) => ({ key: login.cloud, trace: login.text, login })),
    );
    for (const { workflow, item } of found) {
      const { cloud, at, text, job } = item.login;
      const hadOidc = changes.some(
        ({ before }) =>
          before !== null && cloudLoginsIn(before).some((login) => login.kind === "oidc" && login.cloud === cloud),
      );
      yield {
        at,
        about: `${workflow.path}#${job}.${cloud}`,
        message: `job \`${job}\` logs in to ${cloud} with \`${text}\`${hadOidc ? ", where a short-lived login was used before" : ", a key that lasts"}`,
        ...(hadOidc ? {} : { asks: true as const }),
        object: job,
      };
    }
  },
  examples: {
    "a key of AWS in place of a role": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
                  aws-region: eu-west-1
      -           role-to-assume: arn:aws:iam::123456789012:role/deploy
      >           aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }}
      +           aws-secret-access-key: \${{ secrets.AWS_SECRET_ACCESS_KEY }}`,
    "a key of Google and one of Azure": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: google-github-actions/auth@v3
                with:
      -           workload_identity_provider: projects/1/locations/global/workloadIdentityPools/a/providers/b
      >           credentials_json: \${{ secrets.GCP_KEY }}
              - uses: azure/login@v2
                with:
      -           client-id: \${{ vars.CLIENT }}
      >           creds: \${{ secrets.AZURE }}`,
    "the other way": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: aws-actions/configure-aws-credentials@v5
                with:
      -           aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }}
      +           role-to-assume: arn:aws:iam::123456789012:role/deploy
                  aws-region: eu-west-1`,
    "the same key": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            env:
              AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}
            steps:
      +       - run: make build
              - run: make deploy`,
  },
});
