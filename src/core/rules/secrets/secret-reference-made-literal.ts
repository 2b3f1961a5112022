import { z } from "zod";
import { count } from "../../../lib/text.ts";
import { defineRule } from "../../rule.ts";
import { secretAt } from "../../secrets/about.ts";
import { madeLiteral } from "../../secrets/made-literal.ts";
import { traitsOf } from "../../secrets/paths.ts";
import { formerOf, textIn } from "../../secrets/texts.ts";
import { inCode } from "../../terraform/telling.ts";

export default defineRule({
  id: "secret-reference-made-literal",
  invariant: "no-secrets",
  severity: "critical",
  confidence: "high",
  summary: "A value that was read from where secrets are kept is written out.",
  why: "Everybody who can read the repository has it from now on, in its history for good; and whoever replaces the secret where it is kept no longer replaces this one.",
  remedy: "Put the reference back, and replace the secret that was written out: it counts as known.",
  needs: "paths",
  yieldsTo: "secret-added",
  options: z.strictObject({}),
  *detect({ files }, _, { secrets }) {
    for (const file of files) {
      const [before, after] = [textIn(formerOf(file, files)), textIn(file.after)];
      if (before === null || after === null) continue;
      const { invented } = traitsOf(file.path);
      for (const { name, reference, openness, at, was } of madeLiteral(before, after, file.path)) {
        if (invented && openness !== "drawn") continue;
        const isCertain = reference === "holder" && openness !== "word" && !invented;
        const told = secretAt(secrets, { path: file.path, line: at.line });
        const others = (told?.paths ?? []).filter((path) => path !== file.path);
        yield {
          at: { path: file.path, side: "head", line: at.line },
          about: told?.about ?? `${file.path}#${name}`,
          ...(others.length === 0 ? {} : { paths: others }),
          message: `${inCode(name)} was ${reference === "holder" ? "read from where secrets are kept" : "handed over from outside"} (${inCode(was.value.slice(0, 80))}) and is written out now, ${at.value.length} characters${others.length === 0 ? "" : `, and in ${count(others.length, "other file")}`}`,
          ...(isCertain ? {} : { asks: true as const }),
        };
      }
    }
  },
  examples: {
    "a key of a Secret in Kubernetes": `
      M deploy/api.yaml
        containers:
          - name: api
            env:
              - name: DB_PASSWORD
      -         valueFrom:
      -           secretKeyRef: { name: db, key: password }
      >         value: tr0ub4dor&3`,
    "a secret of a workflow": `
      M .github/workflows/deploy.yml
        env:
      -   API_TOKEN: \${{ secrets.API_TOKEN }}
      >   API_TOKEN: 9f3kd02mmx7Qa1`,
    "a drawn password in Terraform": `
      M infra/db.tf
        resource "aws_db_instance" "main" {
      -   password = random_password.main.result
      >   password = "Kd93-mQa1-77xz"
        }`,
    "a variable comes to be a literal": `
      M infra/db.tf
        resource "aws_db_instance" "main" {
      -   password = var.db_password
      >   password = "Kd93-mQa1-77xz"
        }`,
    "a reference of CloudFormation": `
      M infra/db.yaml
        Resources:
          Db:
            Properties:
      -       MasterUserPassword: '{{resolve:secretsmanager:db:SecretString:password}}'
      >       MasterUserPassword: Kd93-mQa1-77xz`,
    "a setting of a program": `
      M config/app.py
      - DB_PASSWORD = os.environ["DB_PASSWORD"]
      > DB_PASSWORD = "Kd93-mQa1-77xz"`,
    "in a file that is moved": `
      D old/prod.yaml
        db:
          password: vault:kv/db#password
      A new/prod.yaml
        db:
      >   password: Kd93-mQa1-77xz`,
    "one reference for another": `
      M deploy/api.yaml
      - password: vault:kv/db#password
      + password: \${DB_PASSWORD}`,
    "a placeholder": `
      M chart/values.yaml
      - password: vault:kv/db#password
      + password: changeme`,
    "a name that is no secret's": `
      M deploy/api.yaml
        env:
          - name: DB_HOST
      -     valueFrom:
      -       secretKeyRef: { name: db, key: host }
      +     value: db.internal`,
    "the name of a secret is none": `
      M deploy/api.yaml
      - secretName: \${SECRET}
      + secretName: db-credentials-2`,
    "from a ConfigMap": `
      M deploy/api.yaml
        env:
          - name: SESSION_TOKEN
      -     valueFrom:
      -       configMapKeyRef: { name: app, key: mode }
      +     value: strict-mode-2`,
    "the reference stays, a literal stands elsewhere as before": `
      M deploy/api.yaml
        a:
          password: Kd93-mQa1-77xz
        b:
      -   password: \${DB_PASSWORD}
      +   password: \${DATABASE_PASSWORD}`,
    "a test draws its own": `
      M tests/settings.py
      - DB_PASSWORD = os.environ["DB_PASSWORD"]
      + DB_PASSWORD = "letmein-please-1"`,
    "an expression of a program": `
      M src/client.ts
      - const password = process.env.DB_PASSWORD;
      + const password = loadPassword1234;`,
  },
});
