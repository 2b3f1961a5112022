// Who may import what. Each comment says what to do instead; ARCHITECTURE.md has the whole picture.
const layer = (path) => `^src/${path}`;
const purePackages = "yaml|zod|diff|re2js";
export default {
  forbidden: [
    {
      name: "core-is-pure",
      comment: "core takes values: hand them in from app, or define a port there.",
      severity: "error",
      from: { path: layer("(core|lib)/") },
      to: { path: "^src/(app|adapters|server|cli|sim)/|^src/[^/]+\\.ts$" },
    },
    {
      name: "core-touches-no-platform",
      comment: "Only lib/digest.ts may use node:crypto; everything else of Node belongs to an adapter.",
      severity: "error",
      from: { path: layer("(core|lib)/"), pathNot: layer("lib/digest\\.ts$") },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "core-imports-only-listed-packages",
      comment: "A package in core must be pure; add it here and in ARCHITECTURE.md with a reason.",
      severity: "error",
      from: { path: layer("(core|lib)/") },
      to: { path: "node_modules", pathNot: `node_modules/(@types/)?(${purePackages})/` },
    },
    {
      name: "lib-knows-no-domain",
      comment: "lib is for tools that would make sense in any program; move it to core.",
      severity: "error",
      from: { path: layer("lib/") },
      to: { path: layer("core/") },
    },
    {
      name: "a-rule-stands-alone",
      comment: "A rule sees rule.ts, views, settings, terraform, terraform-plan, kubernetes, sql, iam, workflows, gates, pipelines, dependencies, secrets, authentication, command-lines, change, lib and the policy's patterns; share code through a view.",
      severity: "error",
      from: { path: layer("core/rules/[^/]+/") },
      to: { path: layer("core/"), pathNot: layer("core/(rule\\.ts$|views/|settings/|terraform/|terraform-plan/|kubernetes/|sql/|iam/|workflows/|gates/|pipelines/|dependencies/|secrets/|authentication/|command-lines/|change/|policy/patterns\\.ts$)") },
    },
    {
      name: "app-decides-no-verdict",
      comment: "app orders and retries through ports; adapters are handed to it by compose.ts.",
      severity: "error",
      from: { path: layer("app/") },
      to: { path: "^src/(adapters|server|cli|sim)/|^src/[^/]+\\.ts$" },
    },
    {
      name: "adapters-never-meet",
      comment: "An adapter implements a port; what two adapters share belongs to app, core or lib.",
      severity: "error",
      from: { path: layer("adapters/([^/]+)/") },
      to: { path: layer("adapters/"), pathNot: layer("adapters/$1/") },
    },
    {
      name: "adapters-know-ports-only",
      comment: "An adapter never calls the server, the command line or the simulator.",
      severity: "error",
      from: { path: layer("adapters/") },
      to: { path: "^src/(server|cli|sim)/|^src/[^/]+\\.ts$" },
    },
    {
      name: "server-and-cli-get-adapters-handed",
      comment: "compose.ts wires adapters; the command line imports them there, lazily.",
      severity: "error",
      from: { path: layer("(server|cli)/") },
      to: { path: layer("(adapters|sim)/") },
    },
    {
      name: "github-words-stop-at-the-adapter",
      comment: "Only adapters/github and the simulator may know octokit or probot.",
      severity: "error",
      from: { path: "^src/", pathNot: layer("(adapters/github|sim)/") },
      to: { path: "node_modules/(@octokit|probot|octokit)" },
    },
    {
      name: "sim-is-not-product",
      comment: "The simulator is imported dynamically by bin.ts and demo.ts only.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(sim/|bin\\.ts$|demo\\.ts$)" },
      to: { path: layer("sim/") },
    },
    {
      name: "src-never-imports-test",
      comment: "What both need belongs to src.",
      severity: "error",
      from: { path: "^src" },
      to: { path: "^test" },
    },
    {
      name: "no-circular",
      comment: "Move the shared type into the lower of the two.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".json"],
    },
  },
};
