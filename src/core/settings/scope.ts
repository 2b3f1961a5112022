import { conventionalTier } from "../policy/default.ts";

/** Inputs of tests and texts for readers: nothing is deployed from them. */
const specimen =
  /(?:^|\/)(?:tests?|__tests__|testdata|e2e|specs?|fixtures?|__fixtures__|__mocks__|mocks?|snapshots?|examples?|samples?|docs?|documentation|demos?|tutorials?|benchmarks?)\/|(?:^|\/)[^/]*(?:[._-](?:test|spec|example|sample|template|dist)|example)(?:\.[^/]*)?$/iu;
/** What tools of a repository, not its programs, are set with; and texts that machines write. */
const tooling = [
  /(?:^|\/)\.(?:github|circleci|gitlab|buildkite|azure-pipelines|vscode|idea|husky|devcontainer|changeset|semaphore|woodpecker)\//iu,
  /(?:^|\/)(?:\.gitlab-ci|\.travis|\.drone|azure-pipelines|bitbucket-pipelines|cloudbuild|appveyor|codecov|\.codecov|\.pre-commit-config|renovate|\.renovaterc|dependabot|mkdocs|lerna|turbo|nx|biome|deno|jest\.config|vitest\.config|\.eslintrc|\.prettierrc|\.stylelintrc|\.rubocop|\.golangci|\.swiftlint|ct|chart-testing|kind|kind-config|skaffold|tiltfile|crowdin|package|composer|tsconfig[^/]*|jsconfig|pyproject|setup|tox|pytest|mypy|\.flake8|pylintrc|cargo|rustfmt|clippy|foundry|go\.work|artifacthub-repo|chart)\.(?:ya?ml|json5?|toml|ini|cfg)$/iu,
  /(?:^|\/)(?:package-lock|npm-shrinkwrap|pnpm-lock|composer\.lock|flake\.lock|[^/]*[.-]lock)\.(?:ya?ml|json)$/iu,
  /(?:^|\/)(?:openapi|swagger|asyncapi)[^/]*\.(?:ya?ml|json)$|[._-]schema\.(?:ya?ml|json)$|(?:^|\/)schemas?\//iu,
  /(?:^|\/)(?:dashboards?|locales?|i18n|translations?|node_modules|vendor|third_party|crds?)\/|dashboard[^/]*\.(?:ya?ml|json)$/iu,
];
/** Parts of documents that describe rather than set: panels of a dashboard, the schema of an API, text that is shown. */
const described =
  /^(?:panels|templating|openAPIV3Schema|definitions|components|\$defs|annotations|labels|description|properties)$/u;

/** Whether a program somewhere may take its settings from a file of this name. */
export function mayBeDeployed(path: string): boolean {
  return !specimen.test(path) && tooling.every((one) => !one.test(path));
}

/** Whether a key sets something. `annotations` of an Ingress do set its timeouts. */
export function mayBeSet(segments: readonly string[]): boolean {
  return segments.every(
    (segment) => !described.test(segment) || /nginx|haproxy|traefik|alb\./iu.test(segments.join(".")),
  );
}

/** Whether the names of folders and files say that only developers run it. */
export function isForDevelopment(path: string): boolean {
  const words = path.split(/[/._-]/u);
  const tiers = new Set(words.map(conventionalTier).filter((tier) => tier !== null));
  return (tiers.size === 1 && tiers.has("development")) || /(?:^|[/._-])local(?:host)?(?:[/._-]|$)/iu.test(path);
}
