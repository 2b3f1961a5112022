// What a reviewer is told of one change of a workflow, word for word.
import { expect, test } from "vitest";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { parseExample } from "../../../src/core/example.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";

const tools = { syntax: await loadSyntax(), memo: <T>(_: string, compute: () => T): T => compute() };

const change = `
  M .github/workflows/deploy.yml
  - on: pull_request
  + on: [pull_request, workflow_run]
  - permissions: { contents: read }
  + permissions: { contents: write, packages: write, checks: write }
    jobs:
      test:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v5
  -       - run: npm test
  +       - run: npm test || true
      deploy:
  -     needs: test
  -     environment: production
        runs-on: ubuntu-latest
        steps:
  -       - uses: acme-tools/deploy@11bd71901bbe5b1630ceea73d27597364c9af683
  +       - uses: acme-tools/deploy@v2
  +         with: { key: "\${{ secrets.KEY }}", token: "\${{ secrets.TOKEN }}" }`;

test("each thing that got worse is said once, with what stood before", () => {
  const policy = policyOf(undefined);
  const { change: made } = parseExample(change);
  const { views } = buildViews(made, tools);
  const context = contextOf(policy, made, views);
  const found = rules
    .filter(({ id }) => id.startsWith("gha-"))
    .flatMap((rule) =>
      rule
        .observe(views, {}, context)
        .map(
          (one) =>
            `${one.at.line} ${rule.id}: ${"message" in one ? one.message : `? ${one.undecided}`}${"asks" in one ? " (asks)" : ""}`,
        ),
    );
  expect(found.toSorted()).toMatchInlineSnapshot(`
    [
      "1 gha-outsider-trigger-added: \`workflow_run\` starts the workflow with secrets and a token of this repository, whoever causes it (asks)",
      "10 gha-environment-removed: job \`deploy\` leaves the environment \`production\` and runs without any",
      "10 gha-need-removed: job \`deploy\` no longer waits for \`test\`, which tests (asks)",
      "12 gha-pin-loosened: \`acme-tools/deploy\` at \`11bd71901bbe5b1630ceea73d27597364c9af683\` → \`v2\`: a commit becomes a version that its owner can move",
      "13 gha-secret-newly-used: job \`deploy\` comes to read the secrets \`KEY\`, \`TOKEN\`, in a workflow that outsiders start (asks)",
      "2 gha-permissions-widened: \`contents\` read → write; \`packages\`, \`checks\` none → write for job \`test\`, \`deploy\`",
      "8 gha-gate-softened: \`|| true\`: tests of job \`test\` (\`npm test || true\`) can fail without failing it",
    ]
  `);
});
