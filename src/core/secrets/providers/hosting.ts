import { endsWithCrc32 } from "../checksums.ts";
import { token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

const github = "https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/";
const githubTypes =
  "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
const gitlab = "https://docs.gitlab.com/17.5/ee/security/tokens";
const sourcegraph = "https://sourcegraph.com/docs/cli/how-tos/revoking_an_access_token";

/** Where source is kept and reviewed. */
export const hosting: readonly ProviderRule[] = [
  token({
    id: "github-personal-token",
    provider: "GitHub",
    what: "GitHub personal access token",
    literals: "ghp_",
    rest: [run(form.word, 36)],
    passes: endsWithCrc32,
    proven: true,
    source: github,
  }),
  token({
    id: "github-oauth-token",
    provider: "GitHub",
    what: "GitHub OAuth access token",
    literals: "gho_",
    rest: [run(form.word, 36)],
    passes: endsWithCrc32,
    proven: true,
    source: github,
  }),
  token({
    id: "github-app-token",
    provider: "GitHub",
    what: "GitHub App token",
    literals: ["ghu_", "ghs_"],
    rest: [run(form.word, 36)],
    passes: endsWithCrc32,
    proven: true,
    source: github,
  }),
  token({
    id: "github-stateless-app-token",
    provider: "GitHub",
    what: "GitHub App token",
    // The id of the App and a JSON Web Token, about 520 characters; the page asks not to depend on more.
    literals: ["ghs_", "ghu_"],
    rest: [
      run(form.word, 1, 24),
      "_eyJ",
      run(form.base64url, 10, 800),
      ".",
      run(form.base64url, 10, 2000),
      ".",
      run(form.base64url, 20, 1000),
    ],
    source: githubTypes,
  }),
  token({
    id: "github-refresh-token",
    provider: "GitHub",
    what: "GitHub refresh token",
    literals: "ghr_",
    rest: [run(form.word, 36, 76)],
    source: github,
  }),
  token({
    id: "github-fine-grained-token",
    provider: "GitHub",
    what: "GitHub fine-grained personal access token",
    literals: "github_pat_",
    rest: [run(form.word, 22), "_", run(form.word, 59)],
    source: githubTypes,
  }),
  token({
    id: "gitlab-personal-token",
    provider: "GitLab",
    what: "GitLab personal, project or group access token",
    literals: "glpat-",
    rest: [run(form.base64url, 20, 300)],
    source: gitlab,
  }),
  token({
    id: "gitlab-deploy-token",
    provider: "GitLab",
    what: "GitLab deploy token",
    literals: "gldt-",
    rest: [run(form.base64url, 20, 300)],
    source: gitlab,
  }),
  token({
    id: "gitlab-runner-token",
    provider: "GitLab",
    what: "GitLab runner token",
    literals: ["glrt-", "glrtr-", "GR1348941"],
    rest: [run(form.base64url, 20, 300)],
    source: gitlab,
  }),
  token({
    id: "gitlab-trigger-token",
    provider: "GitLab",
    what: "GitLab pipeline trigger token",
    literals: "glptt-",
    rest: [run(form.base64url, 20, 300)],
    source: gitlab,
  }),
  token({
    id: "gitlab-service-token",
    provider: "GitLab",
    what: "GitLab feed, mail, agent, SCIM or OAuth secret",
    literals: ["glft-", "glimt-", "glagent-", "glsoat-", "gloas-"],
    rest: [run(form.base64url, 20, 300)],
    source: gitlab,
  }),
  token({
    id: "gitlab-job-token",
    provider: "GitLab",
    what: "GitLab job token",
    // It ends with its job.
    level: "review",
    literals: "glcbt-",
    rest: [run(form.base64url, 20, 300)],
    source: gitlab,
  }),
  token({
    id: "atlassian-api-token",
    provider: "Atlassian",
    what: "Atlassian API token",
    literals: "ATATT3xFfGF0",
    rest: [run(form.base64url, 100, 300), "=", run(form.anyHex, 8)],
  }),
  token({
    id: "bitbucket-app-password",
    provider: "Bitbucket",
    what: "Bitbucket app password",
    literals: "ATBB",
    rest: [run(form.word, 32)],
  }),
  token({
    id: "bitbucket-repository-token",
    provider: "Bitbucket",
    what: "Bitbucket repository access token",
    literals: "ATCTT3xFfGN0",
    rest: [run(form.base64url, 100, 300), "=", run(form.anyHex, 8)],
  }),
  token({
    id: "sourcegraph-token",
    provider: "Sourcegraph",
    what: "Sourcegraph access token",
    literals: "sgp_",
    rest: [run(form.lowerHex, 40)],
    source: sourcegraph,
  }),
  token({
    id: "sourcegraph-instance-token",
    provider: "Sourcegraph",
    what: "Sourcegraph access token of one instance",
    literals: "sgp_",
    rest: [run(form.word, 5, 16), "_", run(form.lowerHex, 40)],
    source: sourcegraph,
  }),
];
