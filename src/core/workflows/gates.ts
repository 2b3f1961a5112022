import type { Place } from "../change/change-set.ts";
import type { Job, Step, Workflow } from "./model.ts";
import { runsBeforeMerge, runsOnPush } from "./triggers.ts";

/** What a step looks after, roughly: one tool for another of the same sort is no loss. */
export type GateSort = "tests" | "linting" | "types" | "scanning";

/** A command or an action that lets a change through or not. */
export interface Gate {
  readonly sort: GateSort;
  readonly text: string;
  readonly job: string;
  readonly at: Place;
  /** Why it holds nothing up, and where that is said; null where a failure fails the job. */
  readonly softened: { readonly by: string; readonly at: Place } | null;
}

const runner = String.raw`(?:npm|pnpm|yarn|bun|bunx|npx|deno|make|just|task|rake|bundle exec|poetry run|uv run|pdm run|hatch run|tox -e|nox -s|\.\/gradlew|gradle|\.\/mvnw|mvn|dotnet|cargo|go|mix|sbt|bazel|composer|php|python3? -m)`;
const between = String.raw`(?:\s+(?:run|run-script|exec|task|\w+=\S+|-{1,2}[\w-]+(?:[= ][^\s-]\S*)?))*\s+`;

function command(words: string): RegExp {
  return new RegExp(String.raw`(?<![\w/.-])${runner}${between}(?:${words})(?![\w/.])`, "u");
}

const commands: Readonly<Record<GateSort, readonly RegExp[]>> = {
  tests: [
    command(String.raw`(?:[\w:]*[:-])?(?:tests?|spec|e2e|verify|check|nextest|coverage|integration)(?:[:-][\w:-]+)?`),
    /(?<![\w/.-])(?:npx |bunx |bundle exec |poetry run |uv run )?(?:pytest|tox|nox|vitest|jest|mocha|rspec|ctest|phpunit|pest|playwright test|cypress run|karma start|ginkgo|gotestsum|bats|minitest|behave|nosetests|coverage run|xcodebuild test)(?![\w/.])/u,
  ],
  linting: [
    command(
      String.raw`(?:[\w:]*[:-])?(?:lint|clippy|vet|fmt|format|style|checkstyle|spotless\w*|rubocop)(?:[:-][\w:-]+)?`,
    ),
    /(?<![\w/.-])(?:eslint|biome|oxlint|prettier --check|ruff|flake8|pylint|black --check|isort --check|golangci-lint|staticcheck|rubocop|shellcheck|hadolint|yamllint|ktlint|stylelint|pre-commit run|tflint|actionlint|zizmor|sqlfluff|ansible-lint|kube-linter|kubeconform|kubeval|helm lint|terraform (?:fmt -check|validate))(?![\w/])/u,
  ],
  types: [
    command(String.raw`(?:[\w:]*[:-])?(?:type-?check|types|tsc)(?:[:-][\w:-]+)?`),
    /(?<![\w/.-])(?:tsc|mypy|pyright|basedpyright|sorbet tc|srb tc|flow check|phpstan|psalm|dialyzer)(?![\w/.])/u,
  ],
  scanning: [
    command(String.raw`audit|security|scan`),
    /(?<![\w/.-])(?:trivy|grype|snyk|semgrep|bandit|gosec|brakeman|checkov|tfsec|terrascan|kics|conftest|opa (?:eval|test)|gitleaks|trufflehog|govulncheck|cargo deny|cargo audit|pip-audit|safety check|bundler-audit|osv-scanner|dependency-check|sonar-scanner|licen[cs]e-?check\w*|cosign verify|gh attestation verify)(?![\w/.])/u,
  ],
};

const actions: Readonly<Record<GateSort, RegExp>> = {
  tests:
    /(?:^|[/-])(?:cypress-io\/github-action|codecov\/codecov-action|coverallsapp\/github-action|test(?:s|ing)?(?:[/-]|$)|pytest)/u,
  linting: /lint|prettier|ruff|pre-commit|reviewdog|\/black$|rubocop|shellcheck|zizmor|kubeconform/u,
  types: /mypy|pyright|phpstan/u,
  scanning:
    /codeql-action\/analyze|trivy|grype|anchore\/scan|snyk|semgrep|gitleaks|trufflehog|dependency-review|scorecard|sonar|checkov|tfsec|kics|bandit|gosec|govulncheck|osv-scanner|pip-audit|cargo-deny|fossa|license-finder/u,
};

const sorts = ["tests", "linting", "types", "scanning"] as const;

/** Gates of a workflow, each with what takes away its force. */
export function gatesOf(workflow: Workflow): readonly Gate[] {
  return workflow.jobs.flatMap((job) => job.steps.flatMap((step) => gatesIn(job, step)));
}

/** Where the gates of a workflow stand: before a merge, only after a push, or nowhere that a change would meet them. */
export function stands(workflow: Workflow): "before-merge" | "on-push" | "elsewhere" {
  if (runsBeforeMerge(workflow)) return "before-merge";
  return runsOnPush(workflow) ? "on-push" : "elsewhere";
}

function gatesIn(job: Job, step: Step): readonly Gate[] {
  const around = softenedBy(job) ?? softenedBy(step);
  const { uses, script } = step;
  const action = uses?.ref.kind === "action" ? uses.ref.name : null;
  const found = sorts.flatMap((sort): readonly Gate[] => {
    if (uses !== null && action !== null && actions[sort].test(action)) {
      const lax = laxInput(step);
      return [{ sort, text: action, job: job.id, at: uses.at, softened: around ?? lax }];
    }
    return script.flatMap((line, index): readonly Gate[] => {
      if (!isRun(line.text) || !commands[sort].some((one) => one.test(line.text))) return [];
      const softened = around ?? laxLine(line, script.slice(0, index), script.slice(index + 1));
      return [{ sort, text: line.text, job: job.id, at: line.at, softened }];
    });
  });
  // A line that two sorts know is one gate, of the first.
  const seen = new Set<Place>();
  return found.filter(({ at }) => !seen.has(at) && seen.add(at) !== undefined);
}

/** Lines that only speak of a tool, or bring it onto the machine, hold nothing up. */
function isRun(text: string): boolean {
  return !/^(?:echo|printf|#|cat|export|pip3? install|npm (?:i|install|ci) |brew|apt(?:-get)?|sudo apt|go install|cargo install|gem install)\b/u.test(
    text,
  );
}

function softenedBy({
  condition,
  continueOnError,
}: Pick<Job | Step, "condition" | "continueOnError">): Gate["softened"] {
  if (condition !== null && isNever(condition.text)) return { by: `if: ${condition.text}`, at: condition.at };
  if (continueOnError?.scalar === true || continueOnError?.scalar === "true") {
    return { by: "continue-on-error: true", at: continueOnError.place };
  }
  const isExpression =
    typeof continueOnError?.scalar === "string" && /\$\{\{\s*true\s*\}\}/u.test(continueOnError.scalar);
  return isExpression && continueOnError !== undefined
    ? { by: "continue-on-error: true", at: continueOnError.place }
    : null;
}

/** Conditions that nothing fulfils, written out. */
function isNever(condition: string): boolean {
  return (
    /^\(?\s*(?:false|!\s*true|0|''|null|1\s*==\s*(?!1\b)\d+|0\s*==\s*1|'\w*'\s*==\s*''|always\(\)\s*&&\s*false)\s*\)?$/iu.test(
      condition.trim(),
    ) || /(?:^|&&)\s*false\s*(?:$|&&)/iu.test(condition)
  );
}

function laxInput({ inputs }: Step): Gate["softened"] {
  const found = inputs.find(
    ({ key, text }) =>
      (/^(?:exit[-_]code|fail[-_]on[-_](?:error|findings|severity)|fail[-_]build|fail[-_]ci[-_]if[-_]error)$/iu.test(
        key,
      ) &&
        /^(?:0|false|none|never)$/iu.test(text)) ||
      (/^(?:soft[-_]fail|allow[-_]failure|warn[-_]only|continue[-_]on[-_]error)$/iu.test(key) && text === "true"),
  );
  return found === undefined ? null : { by: `${found.key}: ${found.text}`, at: found.at };
}

const shrugged =
  /\|\|\s*(?:true|:|exit 0|echo\b|printf\b|\/bin\/true)|;\s*(?:true|:|exit 0)\s*$|--exit-zero\b|--soft-fail\b|--exit-code[= ]0\b|--no-fail\b|--warn-only\b|--passWithNoTests\b|--if-present\b|&\s*$/u;

function laxLine(line: Gate | Step["script"][number], before: Step["script"], after: Step["script"]): Gate["softened"] {
  const own = shrugged.exec(line.text);
  if (own !== null && !/&&\s*$/u.test(line.text)) return { by: own[0].trim(), at: line.at };
  const left = before.find(({ text }) => /^exit\s+0\b/u.test(text));
  if (left !== undefined) return { by: "exit 0", at: left.at };
  const off = before.findLast(({ text }) => /^set\s+(?:[+-]\w+\s+)*[+-]\w*e|^set\s+[+-]o\s+errexit/u.test(text));
  if (
    off !== undefined &&
    /^set\s+\+\w*e|^set\s+\+o/u.test(off.text) &&
    !/\$\?|exit|PIPESTATUS/u.test(after.map(({ text }) => text).join("\n"))
  ) {
    return { by: off.text, at: off.at };
  }
  return null;
}
