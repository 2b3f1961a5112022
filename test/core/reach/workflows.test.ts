import { describe, expect, test } from "vitest";
import { context, edited, text } from "../change/changes.ts";
import { chains, environments, gapsOf } from "./reached.ts";

const workflow = (job: string, on = "push: {branches: [main]}") =>
  context(".github/workflows/deploy.yml", `on:\n  ${on}\njobs:\n  deploy:\n${job.replace(/^/gmu, "    ")}`);
const deploying = (run: string, environment = "production") => `environment: ${environment}\nsteps:\n  - run: ${run}\n`;
const manifest = (path: string) =>
  text(path, "apiVersion: v1\nkind: Service\n", "apiVersion: v1\nkind: Service\nx: 1\n");
const written = (path: string, body: string) => text(path, `# before\n${body}`, `# after\n${body}`);
const base = [context("base/kustomization.yaml", "resources: [s.yaml]\n"), manifest("base/s.yaml")];

describe("a job with an environment", () => {
  test.each([
    ["kubectl apply -k base", ":7"],
    ["kubectl apply --kustomize=./base/", ":7"],
    ["kubectl -n api apply -f base", ":7"],
    ["kustomize build base | kubectl apply -f -", ":7"],
  ])("deploys what its step says: %s", (run, at) => {
    expect(environments([...base, workflow(deploying(run))])).toBe("production");
    expect(chains([...base, workflow(deploying(run))])[0]).toContain(`.github/workflows/deploy.yml${at}`);
    expect(environments([...base, workflow(deploying("kubectl get pods -f base"))])).toBe("?");
  });
  test("deploys files as they stand", () => {
    const plain = (run: string) => environments([manifest("k8s/s.yaml"), workflow(deploying(run))]);
    for (const run of [
      "kubectl apply --server-side -f k8s/s.yaml",
      "oc replace --filename=k8s",
      "kubectl apply -Rf ./k8s",
    ])
      expect(plain(run)).toBe("production");
    expect(plain("kubectl apply -f other")).toBe("?");
  });
  test("also where the command is longer than anybody writes one", () => {
    const run = `kubectl apply ${"--server-side ".repeat(1_000)}-k base`;
    expect(environments([...base, workflow(deploying(run))])).toBe("production");
  });
  test("also Terraform, by its folder, and Helm, by its chart and values", () => {
    const root = [edited("infra/main.tf"), context("infra/x.tf", 'resource "a" "b" {}\n')];
    expect(environments([...root, workflow(deploying("terraform -chdir=infra apply -auto-approve"))])).toBe(
      "production",
    );
    const step =
      "environment: {name: production}\ndefaults: {run: {working-directory: infra}}\nsteps:\n  - run: tofu apply\n";
    expect(environments([...root, workflow(step)])).toBe("production");
    const chart = context("helm/api/Chart.yaml", "name: api\n");
    const helm = (run: string) => workflow(deploying(run));
    expect(
      environments([
        edited("helm/api/templates/d.yaml"),
        chart,
        helm("helm upgrade --install api ./helm/api -f cfg/a.yaml"),
      ]),
    ).toBe("production");
    expect(
      environments([edited("cfg/a.yaml"), chart, helm("helm upgrade --install api ./helm/api -f cfg/a.yaml")]),
    ).toBe("production");
    expect(
      environments([edited("cfg/b.yaml"), chart, helm("helm upgrade --install api ./helm/api -f cfg/a.yaml")]),
    ).toBe("");
  });
  test("over several lines of a script, in the folder that it runs in", () => {
    const job =
      "environment: production\nsteps:\n  - working-directory: deploy\n    run: |\n      set -e\n      kubectl apply \\\n        -k ../base\n";
    expect(chains([...base, workflow(job)])).toEqual([
      "production: base/s.yaml:3 < base/kustomization.yaml:1 < .github/workflows/deploy.yml:10",
    ]);
    expect(environments([edited("deploy/run.ts"), workflow(job)])).toBe("production");
  });
  test("by its matrix, its choices and those who call it", () => {
    const overlays = ["a", "b"].map((name) =>
      context(`overlays/${name}/kustomization.yaml`, "resources: [../../base]\n"),
    );
    const matrix =
      "strategy:\n  matrix:\n    include:\n      - {env: production, dir: a}\n      - {env: staging, dir: b}\nenvironment: ${{ matrix.env }}\nsteps:\n  - run: kubectl apply -k overlays/${{ matrix.dir }}\n";
    expect(environments([...base, ...overlays, workflow(matrix)])).toBe("production staging");
    expect(chains([...base, ...overlays, workflow(matrix)]).filter((one) => one.includes("overlays/b"))).toEqual([
      expect.stringMatching(/^staging: /u),
    ]);
    const called = "environment: ${{ inputs.env }}\nsteps:\n  - run: kubectl apply -k ${{ inputs.dir }}\n";
    const caller = context(
      ".github/workflows/main.yml",
      "on: push\njobs:\n  prod:\n    uses: ./.github/workflows/deploy.yml\n    with: {env: production, dir: base}\n",
    );
    expect(environments([...base, workflow(called, "workflow_call: {}"), caller])).toBe("production");
    const choices = "workflow_dispatch: {inputs: {env: {type: choice, options: [staging, production]}}}";
    expect(environments([...base, workflow(deploying("kubectl apply -k base", "${{ inputs.env }}"), choices)])).toBe(
      "production staging",
    );
  });
  test("whose environment is not written out may be production, and so may one that nobody names", () => {
    const open = workflow(deploying("kubectl apply -k base", "${{ inputs.env }}"), "workflow_dispatch: {}");
    expect(environments([...base, open])).toBe("?");
    expect(environments([...base, workflow(deploying("kubectl apply -k base", "blue"))])).toBe("?");
    expect(
      environments([...base, context("overlays/staging/kustomization.yaml", "resources: [../../base]\n"), open]),
    ).toBe("staging ?");
  });
  test("that deploys whatever it is told to is a question only where nobody else is known", () => {
    const open = workflow(deploying("kubectl apply -k $DIRECTORY", "staging"));
    expect(environments([...base, open])).toBe("staging ?");
    expect(gapsOf([...base, open])).toEqual(["unresolved-edge:.github/workflows/deploy.yml:7"]);
    const overlay = context("overlays/prod/kustomization.yaml", "resources: [../../base]\n");
    expect(environments([...base, overlay, open])).toBe("production");
    expect(gapsOf([edited("src/app.ts"), open])).toEqual([]);
    expect(gapsOf([...base, overlay, workflow(deploying("kubectl apply -f $FILE"))])).toEqual([]);
  });
  test("that only other branches run deploys nothing of this merge", () => {
    const on = (text: string) => environments([...base, workflow(deploying("kubectl apply -k base"), text)]);
    expect(on("push: {branches: [release]}")).toBe("?");
    expect(on("push: {branches: [release]}\n  workflow_dispatch: {}")).toBe("production");
    expect(on("push: {branches: ['**']}")).toBe("production");
    expect(on("push: {branches: [release], tags: [v1]}")).toBe("production");
  });
  test("that writes out nothing deploys what its path filters name", () => {
    const job = "environment: production\nsteps:\n  - uses: acme/deploy@v1\n";
    expect(environments([edited("web/app.ts"), workflow(job, "push: {paths: ['web/**']}")])).toBe("production");
    expect(environments([edited("api/app.ts"), workflow(job, "push: {paths: ['web/**']}")])).toBe("");
    expect(environments([edited("api/app.ts"), workflow(job)])).toBe("");
  });
});

describe("a workflow of such jobs", () => {
  const path = ".github/workflows/deploy.yml";
  const edit = (job: string, on: string) => written(path, `on:\n  ${on}\njobs:\n  go:\n${job.replace(/^/gmu, "    ")}`);
  const byHand = "workflow_dispatch: {inputs: {env: {type: choice, options: [qa, production, staging]}}}";
  const step = "steps:\n  - run: make\n";

  test("reaches what they deploy to, with the line of the job", () => {
    expect(chains([edit(`environment: production\n${step}`, "push: {}")])).toEqual([
      `production: ${path}:1 < ${path}:6`,
    ]);
    expect(environments([edit(`environment: \${{ inputs.env }}\n${step}`, byHand)])).toBe("production staging ?");
    expect(environments([edit(`environment: \${{ inputs.env }}\n${step}`, "workflow_dispatch: {}")])).toBe("?");
    expect(environments([edit(step, "push: {}")])).toBe("");
    expect(environments([edit(`environment: github-pages\n${step}`, "push: {}")])).toBe("");
    expect(environments([edit(`environment: production\n${step}`, "push: {branches: [release]}")])).toBe("");
  });
  test("is reached by those that call it, through others as well", () => {
    const calls = (target: string, more = "") =>
      `on: push\njobs:\n  a:\n    uses: ./.github/workflows/${target}\n${more}`;
    const called = context(
      path,
      `on: workflow_call\njobs:\n  go:\n    environment: \${{ inputs.env }}\n    ${step.replace(/\n(?=.)/gu, "\n    ")}`,
    );
    const staging = "    with: {env: staging}\n";
    expect(environments([written(".github/workflows/a.yml", calls("deploy.yml", staging)), called])).toBe("staging");
    const between = context(".github/workflows/b.yml", calls("deploy.yml", staging));
    expect(environments([written(".github/workflows/a.yml", calls("b.yml")), called, between])).toBe("?");
    expect(
      environments([written(".github/workflows/a.yml", calls("b.yml")), context(path, "on: push\n"), between]),
    ).toBe("");
  });
  test("takes the actions of the repository with it that they use", () => {
    const uses = "environment: production\nsteps:\n  - uses: ./.github/actions/deploy\n";
    expect(environments([edited(".github/actions/deploy/action.yml"), workflow(uses)])).toBe("production");
    expect(environments([edited(".github/actions/lint/action.yml"), workflow(uses)])).toBe("");
    expect(environments([edited("web/app.ts"), workflow(uses, "push: {paths: ['web/**']}")])).toBe("production");
  });
});

test("a workflow that cannot be read is a gap where it may name what changed", () => {
  const broken = (text: string) => [
    ...base,
    context("overlays/staging/kustomization.yaml", "resources: [../../base]\n"),
    context(".github/workflows/x.yml", text),
  ];
  expect(gapsOf(broken("jobs: [kubectl apply -k base\n"))).toEqual(["unresolved-reader:.github/workflows/x.yml"]);
  expect(gapsOf(broken("jobs: [nothing\n"))).toEqual([]);
});
