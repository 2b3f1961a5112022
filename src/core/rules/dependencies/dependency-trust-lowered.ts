import { z } from "zod";
import { directiveChanges, inCode, placeOf } from "../../dependencies/changes.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-trust-lowered",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "A package manager no longer verifies whom it talks to, or what it gets.",
  why: "Anybody on the way to the registry can then put in a program of theirs.",
  remedy: "Leave the verification on, and give the package manager the certificate of the registry instead.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    const told = new Set<string>();
    for (const change of directiveChanges(files, "trust")) {
      const { file, is } = change;
      const about = `${file.path} ${is.key}`;
      // A switch that stands in several commands of a file is one decision.
      if (told.has(about)) continue;
      told.add(about);
      const message = `${inCode(is.key)} is ${is.value === "" ? "new" : `newly set to ${inCode(is.value)}`}`;
      yield { at: placeOf(change), about, message, asks: true };
    }
  },
  examples: {
    "certificates are not verified": `
      M .npmrc
        registry=https://registry.npmjs.org/
      > strict-ssl=false`,
    "a host is trusted without a certificate": `
      M pip.conf
        [global]
      > trusted-host = packages.example.net`,
    "a script installs whatever there is": `
      M build.sh
        #!/bin/sh
      - pnpm install --frozen-lockfile
      > pnpm install --no-frozen-lockfile
        pnpm build`,
    "modules are fetched without their sums": `
      M Dockerfile
        FROM golang:1.26.0
      > ENV GONOSUMDB=example.com/*
        RUN go build ./...`,
    "it is on, as it is unless stated": `
      M .npmrc
        registry=https://registry.npmjs.org/
      + strict-ssl=true`,
  },
});
