import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { inCode } from "../../terraform/telling.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import type { Workflow } from "../../workflows/model.ts";
import { inOrder } from "../../workflows/script-patterns.ts";
import { type SecretLine, secretLines, secretMark } from "../../workflows/secret-flows.ts";

export default defineRule({
  id: "gha-secret-sent",
  invariant: "no-secrets",
  severity: "high",
  confidence: "medium",
  summary: "A workflow writes a secret into an address, or sends it to a host as data.",
  why: "Addresses stand in the logs of every proxy and server on the way, and in process lists. What is sent as data is for whoever runs that host to keep.",
  remedy: "Send it in a header to the host that issued it, and to no other.",
  needs: "workflows",
  options: z.strictObject({}),
  *detect({ changes }) {
    const found = newlyHeld(changes, (workflow) =>
      sendsIn(workflow).map((one) => ({
        key: `${one.how} ${one.host} ${one.line.secrets.join(",")}`,
        trace: one.line.text,
        one,
      })),
    );
    for (const { workflow, item } of found) {
      const { how, host, line } = item.one;
      yield {
        at: line.at,
        about: `${workflow.path}#${line.job}.${how}.${host}`,
        message: `job ${inCode(line.job)} sends ${line.secrets.map((name) => (name === "*" ? "every secret" : inCode(name))).join(", ")} to ${inCode(host)} ${how}`,
        object: line.job,
        ...(line.secrets.includes("*") ? {} : { asks: true as const }),
      };
    }
  },
  examples: {
    "in an address": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      >           curl "https://hooks.acme.example/done?token=\${{ secrets.HOOK_TOKEN }}"`,
    "as data": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - env: { KEY: "\${{ secrets.API_KEY }}" }
                run: |
                  make
      >           curl -X POST https://collect.acme.example/in -d "key=$KEY"`,
    "all of them": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            env: { ALL: "\${{ toJSON(secrets) }}" }
            steps:
              - run: |
                  make
      >           wget --post-data="$ALL" https://collect.acme.example`,
    "in a header": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      +           curl -H "Authorization: Bearer \${{ secrets.API_KEY }}" -d state=done https://api.acme.example/builds`,
    "the address is the secret": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      +           curl -X POST -d '{"text":"done"}' \${{ secrets.SLACK_WEBHOOK }}`,
    "a login of git": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      +           git push https://bot:\${{ secrets.BOT_TOKEN }}@github.com/acme/site.git HEAD`,
    "the same to the same host": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
      -           curl "https://hooks.acme.example/done?token=\${{ secrets.HOOK_TOKEN }}"
      +           curl -fsS "https://hooks.acme.example/done?token=\${{ secrets.HOOK_TOKEN }}"`,
  },
});

interface Send {
  readonly how: string;
  readonly host: string;
  readonly line: SecretLine;
}

const sender = /(?:^|[\s;&|(])(?:curl|wget|http|https|xh|Invoke-WebRequest|Invoke-RestMethod|iwr|irm|nc|ncat|fetch)\b/i;
const inLogin = new RegExp(String.raw`https?://[^\s"'/@${secretMark}]*${secretMark}[^\s"'/@]*@([\w.-]+)`, "u");
const data =
  /(?:^|\s)(?:-d|--data(?:-raw|-binary|-urlencode)?|-F|--form|--json|--post-data|-Body)[\s=]?("(?:[^"\\]|\\.)*"|'[^']*'|\S+)/g;
const mark = new RegExp(secretMark, "u");
const address = /https?:\/\/(?:[^\s"'/@]*@)?([\w.-]+)/;
/** Hosts of git, where a login in the address is how it is done. */
const gitHosts = /(?:^|\.)(?:github\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com|codeberg\.org)$/;

function sendsIn(workflow: Workflow): readonly Send[] {
  return secretLines(workflow)
    .filter(({ secrets }) => secrets.length > 0)
    .flatMap((line) => sendOf(line));
}

function sendOf(line: SecretLine): readonly Send[] {
  const text = line.marked;
  const login = inLogin.exec(text)?.[1];
  if (login !== undefined && !gitHosts.test(login)) return [{ how: "in its address", host: login, line }];
  const host = address.exec(text)?.[1];
  if (!sender.test(text) || host === undefined || /^(?:localhost|127\.)/.test(host)) return [];
  const words = text.split(/[\s"']/u);
  if (words.some((word) => inOrder(word, /https?:\/\//u, /\?/u, mark))) return [{ how: "in its address", host, line }];
  const isData = [...text.matchAll(data)].some(([, given = ""]) => given.includes(secretMark));
  return isData ? [{ how: "as data", host, line }] : [];
}
