import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";

export default defineRule({
  id: "gha-credentials-persisted",
  invariant: "permissions-do-not-increase",
  severity: "medium",
  confidence: "high",
  summary: "A checkout that threw its token away keeps it from now on.",
  why: "The token lies in the configuration of the checkout, where every later step reads it, and goes along with whoever packs the folder.",
  remedy: "Leave `persist-credentials: false`, and hand the token to the one step that pushes.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      workflow.jobs.flatMap(({ id, steps }) =>
        steps.flatMap(({ uses, inputs }) => {
          if (uses?.ref.kind !== "action" || uses.ref.name !== "actions/checkout") return [];
          const said = inputs.find(({ key }) => key === "persist-credentials");
          return said?.text === "false"
            ? []
            : [
                {
                  key: "kept",
                  trace: `${id} ${said?.text ?? ""}`,
                  job: id,
                  at: said?.at ?? uses.at,
                  said: said?.text ?? null,
                },
              ];
        }),
      ),
    );
    for (const { workflow, item } of found) {
      const { at, job, said } = item;
      const former = changes.find(({ after }) => after === workflow)?.before;
      const threwAway = former?.jobs.some(({ steps }) =>
        steps.some(({ inputs }) => inputs.some(({ key, text }) => key === "persist-credentials" && text === "false")),
      );
      // A checkout that is new and keeps the token does what checkouts do unless told otherwise.
      if (threwAway !== true && said === null) continue;
      const about = `${workflow.path}#${job}.persist-credentials`;
      if (said !== null && said !== "true") {
        yield { at, about, undecided: `whether the checkout of job \`${job}\` keeps its token: \`${said}\`` };
        continue;
      }
      yield {
        at,
        about,
        message: `the checkout of job \`${job}\` keeps its token for later steps`,
        asks: true,
        object: job,
      };
    }
  },
  examples: {
    "the line is gone": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      !       - uses: actions/checkout@v5
      -         with:
      -           persist-credentials: false
              - run: make`,
    "said in so many words": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v5
                with:
      -           persist-credentials: false
      >           persist-credentials: true`,
    "it always kept it": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - uses: actions/checkout@v4
      +       - uses: actions/checkout@v5
              - run: make`,
  },
});
