import { z } from "zod";
import { told } from "../../command-lines/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "runbook-privileged-command",
  // What the policy says of this promise asks people; a policy that wants more sets the level of this rule.
  invariant: "production-is-unchanged",
  severity: "medium",
  confidence: "medium",
  summary:
    "Instructions or scripts tell people to run a command that destroys, gives rights or takes off a protection.",
  why: "People trust a runbook, and agents do as it says, in a hurry and with the rights that they have. A wrong line in it is run on production by somebody who did not write it.",
  remedy:
    "Have somebody who knows the system read the command as if it were about to be run: the right target, the narrowest form, a dry run first, and what to do when it goes wrong.",
  needs: "commandLines",
  options: z.strictObject({
    allowed: z
      .array(z.string())
      .default([])
      .describe("Names of commands that need no look here, as the findings have them (`kubectl exec`)."),
  }),
  *detect({ added }, { allowed }) {
    yield* told(added, ({ command }, { setting }) => {
      if (allowed.includes(command.name)) return false;
      return setting === "document" || (command.deed !== "destroys" && command.documentsOnly !== true);
    });
  },
  examples: {
    "a runbook tells people to destroy": `
      M docs/runbook.md
        # When staging is stuck

      + \`\`\`sh
      > terraform destroy -auto-approve
      > sudo kubectl -n shop delete pvc data-0
      + \`\`\``,
    "code within a sentence, and a warning is a command all the same": `
      M README.md
        # Shop
      > Never run \`psql -c 'DROP TABLE orders'\` on production.
      > To let the pipeline in, run \`aws iam attach-role-policy --role-name ci --policy-arn arn:aws:iam::aws:policy/AdministratorAccess\`.`,
    "a block that is set in, with a prompt": `
      A docs/operations/disk.md
        When the disk is full:

      >     $ rm -rf /var/lib/postgresql/data
      >     $ chmod -R 777 /srv`,
    "a command over several lines": `
      A docs/access.md
        \`\`\`console
      > $ gcloud projects add-iam-policy-binding shop \\
            --member=user:person-a@example.com \\
            --role=roles/owner
        \`\`\``,
    "a script gives rights": `
      A scripts/setup.sh
        #!/usr/bin/env bash
        set -eu
      > kubectl create clusterrolebinding ci --clusterrole=cluster-admin --user=ci
      > gh pr merge --admin "$1"`,
    "prose without code": `
      M docs/runbook.md
        # Runbook
      + We destroyed the cluster with terraform destroy once, and delete from there.`,
    "a line is moved and set in": `
      M docs/runbook.md
      - \`\`\`sh
      - terraform destroy
      - \`\`\`
        # Runbook
      + 1. Then
      +    \`\`\`sh
      +    terraform destroy
      +    \`\`\``,
    "a document is called otherwise": `
      D docs/old.md
        \`\`\`sh
        terraform destroy
        \`\`\`
      A docs/new.md
        \`\`\`sh
        terraform destroy
        \`\`\``,
    "commands that only look": `
      A docs/runbook.md
        \`\`\`sh
        kubectl get pods
        terraform plan
        aws iam list-users
        helm diff upgrade shop .
        \`\`\``,
    "the name of a command": `
      A docs/runbook.md
        We use \`kubectl\` and \`terraform\`, and \`rm\` with care.`,
    "settings are no commands": `
      A docs/runbook.md
        \`\`\`yaml
        run: terraform destroy
        \`\`\``,
    "a command that the policy allows": {
      options: { allowed: ["kubectl exec"] },
      change: `
      A docs/runbook.md
        \`\`\`sh
        kubectl exec -it shop -- sh
        \`\`\``,
    },
    "what is ordinary in scripts": `
      A scripts/setup.sh
        curl -sSf https://example.com/install.sh | sh
        kubectl exec shop -- ls`,
  },
});
