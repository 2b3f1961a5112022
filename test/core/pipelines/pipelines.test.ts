import { describe, expect, test } from "vitest";
import type { ChangeSet } from "../../../src/core/change/change-set.ts";
import { parseExample } from "../../../src/core/example.ts";
import type { Pipeline } from "../../../src/core/pipelines/model.ts";
import { gatesOfPipeline } from "../../../src/core/pipelines/gates.ts";
import { readPipeline, systemOf } from "../../../src/core/pipelines/read.ts";
import { rules } from "../../../src/core/rules/index.ts";
import { pipelines } from "../../../src/core/views/pipelines.ts";
import { loadSyntax } from "../../../src/adapters/syntax/load.ts";
import { buildViews } from "../../../src/core/views/views.ts";
import { contextOf, policyOf } from "../example-context.ts";

const syntax = await loadSyntax();
const memo = <T>(_: string, compute: () => T): T => compute();

function read(path: string, text: string): Pipeline {
  const system = systemOf(path);
  if (system === null) throw new Error(`${path} is no pipeline`);
  const reading = readPipeline({ path, side: "head", sha: text, text }, system, memo);
  if (!reading.ok || reading.pipeline === null) throw new Error("it cannot be read");
  return reading.pipeline;
}

/** Each job with what changes have to pass in it. */
function gates(path: string, text: string): readonly string[] {
  return gatesOfPipeline(read(path, text)).map(
    ({ job, text: line, softened }) => `${job}: ${line}${softened === null ? "" : ` (${softened.by})`}`,
  );
}

const judging = rules.filter(({ id }) => id.startsWith("ci-"));

function reported(change: ChangeSet): readonly string[] {
  const { views } = buildViews(change, { syntax, memo });
  const { gaps } = pipelines(change, { memo });
  const context = contextOf(policyOf(undefined), change, views);
  const found = judging.filter((rule) => rule.observe(views, {}, context).length > 0);
  return [...found.map(({ id }) => id), ...gaps.map(({ id }) => id)];
}

describe("whose file it is", () => {
  test.each([
    [".gitlab-ci.yml", "gitlab"],
    ["services/api/.gitlab-ci.yml", "gitlab"],
    ["ci/build.gitlab-ci.yml", "gitlab"],
    [".gitlab/ci/test.yml", "gitlab"],
    [".circleci/config.yml", "circleci"],
    ["azure-pipelines.yml", "azure"],
    ["azure-pipelines-release.yaml", "azure"],
    [".azuredevops/build.yml", "azure"],
    ["Jenkinsfile", "jenkins"],
    ["ci/Jenkinsfile.release", "jenkins"],
    ["atlantis.yaml", "atlantis"],
    [".gitlab/agents/prod/config.yaml", null],
    [".github/workflows/ci.yml", null],
    ["docs/jenkinsfile.md", null],
  ])("%s: %s", (path, system) => expect(systemOf(path)).toBe(system));

  test("a file that a pipeline of GitLab includes is one", () => {
    const change = parseExample(`M .gitlab-ci.yml
  include: [{ local: /ci/tests.yml }]
+ variables: { A: "1" }
M ci/tests.yml
  test:
    script: npm test
+   allow_failure: true`).change;
    expect(reported(change)).toEqual(["ci-gate-softened"]);
  });
});

describe("GitLab", () => {
  test("scripts before, what is extended and what is referred to", () => {
    const text = `
default:
  before_script: [npm ci]
.base:
  script:
    - npm run build
    - npm test
unit:
  extends: .base
lint:
  before_script: []
  script:
    - !reference [.base, script]
    - [eslint ., "echo done"]
spec:
  stage: test
`;
    expect(gates(".gitlab-ci.yml", text)).toEqual(["unit: npm test", "lint: npm test", "lint: eslint ."]);
  });

  test("templates that extend each other end", () => {
    expect(gates(".gitlab-ci.yml", "a: { extends: b }\nb: { extends: a, script: npm test }")).toContain("b: npm test");
  });

  test("a head of inputs stands before the pipeline", () => {
    expect(gates(".gitlab-ci.yml", "spec: { inputs: { a: {} } }\n---\ntest: { script: npm test }")).toEqual([
      "test: npm test",
    ]);
  });
});

describe("a line of a script that is too long to be judged", () => {
  const line = `${"a".repeat(17_000)}; curl -s https://example.com/x.sh | sh`;
  test.each([
    [".gitlab-ci.yml", `test:\n  script:\n    - ${line}\n`, 3],
    [".gitlab-ci.yml", `.base:\n  script:\n    - ${line}\ntest:\n  extends: .base\n`, 3],
    [".circleci/config.yml", `jobs:\n  test:\n    steps:\n      - run: ${line}\n`, 4],
    ["azure-pipelines.yml", `steps:\n  - script: ${line}\n`, 2],
    ["Jenkinsfile", `node {\n  sh '${line}'\n}\n`, 2],
    ["atlantis.yaml", `workflows:\n  default:\n    plan:\n      steps:\n        - run: ${line}\n`, 5],
  ])("makes a pipeline unreadable: %s", (path, text, at) => {
    const system = systemOf(path);
    if (system === null) throw new Error(`${path} is no pipeline`);
    const reading = readPipeline({ path, side: "head", sha: text, text }, system, memo);
    const reason = "a line of a script has more than 16000 characters";
    expect(reading).toEqual({ ok: false, line: at, reason });
  });

  test("is a gap of the change that brings it", () => {
    const change = parseExample(`M .gitlab-ci.yml
  test:
    script:
      - make
+     - ${line}`).change;
    expect(reported(change)).toEqual(["unreadable:.gitlab-ci.yml"]);
  });

  test("is none where it has fewer characters, and is looked at to its end", () => {
    const change = parseExample(`M .gitlab-ci.yml
  test:
    script:
      - make
+     - ${line.slice(2_000)}`).change;
    expect(reported(change)).toEqual(["ci-runs-script-from-network"]);
  });
});

describe("CircleCI", () => {
  test("only what a workflow names runs, with the commands that it is made of", () => {
    const text = `
commands:
  verify: { steps: [{ run: { command: npm test } }] }
jobs:
  a: { steps: [checkout, verify, { when: { condition: true, steps: [{ run: eslint . }] } }] }
  unused: { steps: [{ run: pytest }] }
workflows:
  version: 2
  main: { jobs: [a] }
`;
    expect(gates(".circleci/config.yml", text)).toEqual(["a: npm test", "a: eslint ."]);
  });
});

describe("Azure Pipelines", () => {
  test("stages, jobs, deployments and what is inserted by a condition", () => {
    const text = `
stages:
  - stage: build
    jobs:
      - job: test
        steps:
          - \${{ if eq(variables.x, 1) }}:
              - bash: npm test
          - task: PowerShell@2
            inputs: { script: pytest }
      - deployment: web
        environment: { name: production }
        strategy: { canary: { deploy: { steps: [{ script: npm run e2e }] } } }
  - stage: late
    condition: false
    jobs: [{ job: lint, steps: [{ script: eslint . }] }]
`;
    expect(gates("azure-pipelines.yml", text)).toEqual([
      "test: npm test",
      "test: pytest",
      "web: npm run e2e",
      "lint: eslint . (condition: false)",
    ]);
  });
});

describe("Jenkins", () => {
  test("stages with their scripts; comments and texts are no code", () => {
    const text = `// stage('Not') { sh 'npm test' }
/* sh 'pytest' */
def text = "stage('Neither') { sh 'rspec' }"
pipeline {
  stages {
    stage('Test') {
      steps {
        sh """
          npm ci
          npm test
        """
        sh(script: 'eslint .', returnStatus: true)
        script { if (sh(script: 'pytest', returnStatus: true) != 0) { error 'no' } }
      }
    }
  }
}`;
    expect(gates("Jenkinsfile", text)).toEqual([
      "Test: npm test",
      "Test: eslint . (returnStatus: true)",
      "Test: pytest (returnStatus: true)",
    ]);
    const softened = gatesOfPipeline(read("Jenkinsfile", text)).map((gate) => gate.softened?.isCertain);
    expect(softened).toEqual([undefined, true, false]);
  });

  test("a comment between a step and its script is none", () => {
    expect(gates("Jenkinsfile", "node { stage('a') { sh /* npm test */ 'pytest' } }")).toEqual(["a: pytest"]);
  });

  test("a text without an end cannot be read", () => {
    const change = parseExample(`M Jenkinsfile\n  node { stage('a') { sh 'make' } }\n+ x = 'unfinished`).change;
    expect(reported(change)).toEqual(["unreadable:Jenkinsfile"]);
  });
});

describe("what cannot be read is a gap", () => {
  test.each([
    [".gitlab-ci.yml", "a: [", "unreadable:.gitlab-ci.yml"],
    [".gitlab-ci.yml", "- a", "unreadable:.gitlab-ci.yml"],
    [".circleci/config.yml", "jobs: {a: 1, a: 2}", "unreadable:.circleci/config.yml"],
  ])("%s with %s", (path, text, gap) => {
    expect(reported(parseExample(`M ${path}\n- a: { script: npm test }\n+ ${text}`).change)).toContain(gap);
  });
});

/** Silent as they stand, and silent backwards. */
const silent: readonly (readonly [string, string])[] = [
  [
    "jobs in another order",
    `M .gitlab-ci.yml
- lint: { script: eslint . }
  test: { script: npm test }
+ lint: { script: eslint . }`,
  ],
  [
    "what two jobs share goes to a template",
    `M .gitlab-ci.yml
+ .node:
+   before_script: [npm ci]
  test:
+   extends: .node
-   before_script: [npm ci]
    script: npm test`,
  ],
  [
    "a job of CircleCI gets another name",
    `M .circleci/config.yml
  jobs:
-   test: { steps: [{ run: npm test }] }
+   unit: { steps: [{ run: npm test }] }
  workflows:
    main:
-     jobs: [hold: { type: approval }, test: { requires: [hold] }]
+     jobs: [hold: { type: approval }, unit: { requires: [hold] }]`,
  ],
  [
    "steps of Azure become a job",
    `M azure-pipelines.yml
- steps:
-   - script: dotnet test
+ jobs:
+   - job: test
+     steps:
+       - script: dotnet test`,
  ],
  [
    "a scripted Jenkinsfile becomes a declarative one",
    `M Jenkinsfile
- node { stage('Test') { sh 'make test' } }
+ pipeline {
+   stages { stage('Test') { steps { sh 'make test' } } }
+ }`,
  ],
  [
    "projects of Atlantis in another order",
    `M atlantis.yaml
  projects:
-   - { dir: a, apply_requirements: [approved] }
    - { dir: b, apply_requirements: [approved] }
+   - { dir: a, apply_requirements: [approved] }`,
  ],
];

describe("the same pipeline written otherwise", () => {
  test.each(silent)("%s", (_, source) => {
    const { change } = parseExample(source);
    const back = { files: change.files.map((file) => ({ ...file, before: file.after, after: file.before })) };
    expect(reported(change)).toEqual([]);
    expect(reported(back)).toEqual([]);
  });
});
