import { z } from "zod";
import { namesProduction, told } from "../../command-lines/telling.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "script-destroys-data",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary: "A script, a pipeline or an image newly runs a command that deletes data or what runs.",
  why: "A script asks no questions: with the wrong variable, account or context it deletes what it finds there, every time that it runs.",
  remedy:
    "Say in the command what it may touch (a context, an account, a database by name), refuse production by name, and keep resets out of what deploys.",
  needs: "commandLines",
  options: z.strictObject({
    allowed: z
      .array(z.string())
      .default([])
      .describe("Names of commands that need no look here, as the findings have them (`rails db:drop`)."),
  }),
  *detect({ added }, { allowed }) {
    const wanted = added.filter(({ setting }) => setting !== "document");
    const observations = told(
      wanted,
      ({ command }) => command.deed === "destroys" && command.documentsOnly !== true && !allowed.includes(command.name),
    );
    for (const observation of observations) {
      const certain = "message" in observation && namesProduction(observation.message);
      yield certain ? observation : { ...observation, asks: true as const };
    }
  },
  examples: {
    "a pipeline resets the database of production": `
      M .github/workflows/deploy.yml
        on: push
        jobs:
          deploy:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
      >       - run: npx prisma migrate reset --force
              - run: |
                  echo deploying
      >           RAILS_ENV=production bundle exec rails db:schema:load`,
    "a script deletes what a variable names": `
      A scripts/clean.sh
        #!/bin/sh
      > rm -rf "$TARGET"/*
      > redis-cli -h "$HOST" FLUSHALL`,
    "a target of a Makefile, a task and a script of a package": `
      M Makefile
        clean:
      > 	@terraform destroy -auto-approve
      M Taskfile.yml
        tasks:
          reset:
            cmds:
      >       - flyway clean
      M package.json
        {
          "scripts": {
            "build": "tsc",
      >     "reset": "sequelize db:drop && sequelize db:create"
          }
        }`,
    "an image": `
      A Dockerfile
        FROM alpine:3
        RUN apk add aws-cli
      > RUN echo ready && \\
            aws s3 rm s3://acme-invoices --recursive
      > CMD ["python", "manage.py", "flush", "--no-input"]`,
    "statements for a database": `
      A scripts/reset.sh
        psql "$URL" <<SQL
      > DROP TABLE orders;
      > TRUNCATE carts CASCADE;
        SQL`,
    "it ran before": `
      M scripts/clean.sh
        #!/bin/sh
      - if true; then
      -   terraform destroy
      - fi
      + terraform destroy`,
    "what it makes itself": `
      A scripts/build.sh
        rm -rf dist node_modules ./build
        rm -rf "$TMPDIR"
        docker compose down`,
    "a comment": `
      A scripts/build.sh
        # terraform destroy
        echo built`,
    "a name that says it": `
      M .github/workflows/deploy.yml
        jobs:
          deploy:
            steps:
      +       - name: terraform destroy
                run: echo no`,
  },
});
