import type { Place } from "../change/change-set.ts";
import { bare } from "./expressions.ts";
import type { Job, ScriptLine, Step, Workflow } from "./model.ts";
import { runsBeforeMerge, runsOnPush } from "./triggers.ts";

export const sorts = ["tests", "linting", "types", "scanning"] as const;
/** What a step looks after, roughly: one tool for another of the same sort is no loss. */
export type GateSort = (typeof sorts)[number];

/** A command or an action that lets a change through or not. */
export interface Gate {
  readonly sort: GateSort;
  readonly text: string;
  readonly job: string;
  readonly at: Place;
  /** Why it holds nothing up, and where that is said; null where a failure fails the job. Not certain: an expression decides. */
  readonly softened: { readonly by: string; readonly at: Place; readonly isCertain: boolean } | null;
}

/** Programs that run what a project calls its tasks, each by a word of its own. */
const runners = new Set(
  "npm pnpm yarn bun bunx npx deno make just task rake bundle poetry uv pdm hatch tox nox gradle gradlew mvn mvnw dotnet cargo go mix sbt bazel composer php python python3 turbo nx".split(
    " ",
  ),
);
/** With these words a runner brings packages and runs none of them. */
const installing = new Set("install i ci add remove update upgrade cache config login publish get download".split(" "));

const targets: Readonly<Record<GateSort, RegExp>> = {
  tests: /^(?:[\w-]+:)*(?:unit-?)?(?:tests?|spec|e2e|verify|check|nextest|coverage|integration)(?:[:-][\w:-]+)?$/u,
  linting: /^(?:[\w-]+:)*(?:lint|clippy|vet|fmt|format|style|checkstyle|spotless\w*)(?:[:-][\w:-]+)?$/u,
  types: /^(?:[\w-]+:)*(?:type-?check|types)(?:[:-][\w:-]+)?$/u,
  scanning: /^(?:[\w-]+:)*(?:audit|security|scan|deny)(?:[:-][\w:-]+)?$/u,
};

/** Programs by name; where there are two words, the second has to follow. */
const programs: Readonly<Record<GateSort, ReadonlySet<string>>> = {
  tests: new Set([
    ..."pytest tox nox vitest jest mocha rspec ctest phpunit pest ginkgo gotestsum bats behave nosetests".split(" "),
    "playwright test",
    "cypress run",
    "karma start",
    "xcodebuild test",
    "coverage run",
    "terraform test",
  ]),
  linting: new Set([
    ..."eslint biome oxlint ruff flake8 pylint black isort golangci-lint staticcheck rubocop shellcheck hadolint yamllint ktlint stylelint prettier tflint actionlint zizmor sqlfluff ansible-lint kube-linter kubeconform kubeval".split(
      " ",
    ),
    "pre-commit run",
    "helm lint",
    "terraform fmt",
    "terraform validate",
  ]),
  types: new Set([..."tsc mypy pyright basedpyright phpstan psalm dialyzer".split(" "), "srb tc", "flow check"]),
  scanning: new Set([
    ..."trivy grype snyk semgrep bandit gosec brakeman checkov tfsec terrascan kics conftest gitleaks trufflehog govulncheck pip-audit bundler-audit osv-scanner dependency-check sonar-scanner".split(
      " ",
    ),
    "opa eval",
    "opa test",
    "safety check",
    "cosign verify",
    "attestation verify",
  ]),
};

/** Words of a line that are looked at: more are in no command that people write. */
const wordsLimit = 200;

/** What a line of a script lets through or not; null for everything else. */
function sortOf(line: string): GateSort | null {
  for (const part of line.split(/&&|\|\||[;|]/u).map((one) => one.trim())) {
    if (isAside(part)) continue;
    const words = part.split(/\s+/u, wordsLimit).map((word) => word.replace(/^.*\//u, ""));
    const runs = words.some((word) => runners.has(word)) && !words.some((word) => installing.has(word));
    const found = sorts.find((sort) =>
      words.some(
        (word, index) =>
          (runs && index > 0 && targets[sort].test(word)) ||
          programs[sort].has(word) ||
          programs[sort].has(`${word} ${words[index + 1] ?? ""}`),
      ),
    );
    if (found !== undefined) return found;
  }
  return null;
}

const actions: Readonly<Record<GateSort, RegExp>> = {
  tests: /(?:^|[/-])(?:cypress-io\/github-action|test(?:s|ing)?(?:[/-]|$)|pytest)/u,
  linting: /lint|prettier|ruff|pre-commit|reviewdog|\/black$|rubocop|shellcheck|zizmor|kubeconform/u,
  types: /mypy|pyright|phpstan/u,
  scanning:
    /codeql-action\/analyze|trivy|grype|anchore\/scan|snyk|semgrep|gitleaks|trufflehog|dependency-review|scorecard|sonar|checkov|tfsec|kics|bandit|gosec|govulncheck|osv-scanner|pip-audit|cargo-deny|fossa|license-finder/u,
};

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
  const sort = action === null ? undefined : sorts.find((one) => actions[one].test(action));
  if (uses !== null && action !== null && sort !== undefined) {
    return [{ sort, text: action, job: job.id, at: uses.at, softened: around ?? laxInput(step) }];
  }
  return gatesInScript(job.id, script, around);
}

/** Gates among the lines of a script; `around` says why its failure fails nothing. */
export function gatesInScript(job: string, script: Step["script"], around: Gate["softened"]): readonly Gate[] {
  return script.flatMap((line, index): readonly Gate[] => {
    const own = sortOf(line.text);
    if (own === null) return [];
    const softened = around ?? laxLine(line, script.slice(0, index), script.slice(index + 1));
    return [{ sort: own, text: line.text, job, at: line.at, softened }];
  });
}

/** Commands that speak of a tool, fetch it or put it in its place, and let nothing through or not. */
const aside =
  /^(?:echo|printf|#|cat|export|pip3? install|pipx install|uv (?:tool|pip) install|npm (?:i|install|ci)|(?:yarn|pnpm|bun) (?:add|install)|brew|apt(?:-get)?|apk|dnf|yum|choco|go install|cargo install|gem install|curl|wget|mv|cp|ln|tar|unzip|install|chmod|mkdir|which|rm|cd|docker (?:pull|rm|rmi))(?:\s|$)/u;

function isAside(command: string): boolean {
  return aside.test(command.replace(/^(?:sudo|command|exec|time)\s+/u, "").replace(/^python3?(?:\.\d+)?\s+-m\s+/u, ""));
}

function softenedBy({
  condition,
  continueOnError,
}: Pick<Job | Step, "condition" | "continueOnError">): Gate["softened"] {
  if (condition !== null && isNever(condition.text))
    return { by: `if: ${condition.text}`, at: condition.at, isCertain: true };
  const { scalar = null, place: at } = continueOnError ?? { place: null };
  if (at === null || scalar === null || scalar === false) return null;
  const text = bare(String(scalar));
  if (text === "false") return null;
  return { by: `continue-on-error: ${text}`, at, isCertain: text === "true" };
}

/** Conditions that nothing fulfils, written out. */
function isNever(condition: string): boolean {
  return (
    /^\(?\s*(?:false|!\s*true|0|''|null|1\s*==\s*(?!1\b)\d+|0\s*==\s*1|'\w*'\s*==\s*''|always\(\)\s*&&\s*false)\s*\)?$/iu.test(
      condition.trim(),
    ) || /(?:^|&&)\s*false\s*(?:$|&&)/iu.test(condition)
  );
}

/** Inputs of scanners that say whether what they find fails the step. */
const failing =
  /^(?:exit[-_]code|fail[-_]on[-_](?:error|findings|severity)|fail[-_]build|fail[-_]ci[-_]if[-_]error)$/iu;
const forgiving = /^(?:soft[-_]fail|allow[-_]failure|warn[-_]only|continue[-_]on[-_]error)$/iu;

function laxInput({ inputs }: Step): Gate["softened"] {
  const found = inputs.find(
    ({ key, text }) =>
      (failing.test(key) && (/^(?:0|false|none|never)$/iu.test(text) || text.includes("$"))) ||
      (forgiving.test(key) && text !== "false"),
  );
  if (found === undefined) return null;
  return { by: `${found.key}: ${found.text}`, at: found.at, isCertain: !found.text.includes("$") };
}

const shrugged =
  /\|\|\s*(?:true|:|exit 0|echo\b|printf\b|\/bin\/true)|;\s*(?:true|:|exit 0)\s*$|--exit-zero\b|--soft-fail\b|--exit-code[= ]0\b|--no-fail\b|--warn-only\b|--passWithNoTests\b|--if-present\b|&\s*$/u;

function laxLine(line: ScriptLine, before: Step["script"], after: Step["script"]): Gate["softened"] {
  const own = shrugged.exec(line.text);
  if (own !== null && !/&&\s*$/u.test(line.text)) return { by: own[0].trim(), at: line.at, isCertain: true };
  const left = before.find(({ text }) => /^exit\s+0\b/u.test(text));
  if (left !== undefined) return { by: "exit 0", at: left.at, isCertain: true };
  const off = before.findLast(({ text }) => /^set\s+(?:[+-]\w+\s+)*[+-]\w*e|^set\s+[+-]o\s+errexit/u.test(text));
  if (
    off !== undefined &&
    /^set\s+\+\w*e|^set\s+\+o/u.test(off.text) &&
    !/\$\?|exit|PIPESTATUS/u.test(after.map(({ text }) => text).join("\n"))
  ) {
    return { by: off.text, at: off.at, isCertain: true };
  }
  return null;
}
