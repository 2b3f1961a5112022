import { z } from "zod";
import { directiveChanges, directivesLost, formerPlaceOf, inCode, placeOf } from "../../dependencies/changes.ts";
import { isPublicRegistry } from "../../dependencies/origins.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "dependency-registry-changed",
  invariant: "supply-chain-is-intact",
  severity: "high",
  confidence: "high",
  summary: "Packages newly come from another registry or index.",
  why: "A registry decides what is behind every name; one more of them lets a stranger publish under the names of the others.",
  remedy:
    "Keep the registry in use; where another one is needed, bind it to a scope or to the packages that it serves.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "registry", "default-registry")) {
      const { file, is, was } = change;
      // To state what applies anyhow changes nothing, unless something else was stated.
      const isScoped = /^@|\bmirror\b/u.test(is.key);
      if (isPublicRegistry(is.value) && !isScoped && (was === undefined || isPublicRegistry(was.value))) continue;
      const before = was === undefined ? "is new" : `was ${inCode(was.value)}`;
      const message = `${inCode(is.key)} ${before} and is now ${inCode(is.value)}`;
      yield { at: placeOf(change), about: `${file.path} ${is.key}`, message, asks: true };
    }
    for (const lost of directivesLost(files, "default-registry")) {
      const { file, was } = lost;
      if (isPublicRegistry(was.value)) continue;
      const message = `${inCode(was.key)} was ${inCode(was.value)} and is not stated any more, so that the registry of everybody applies`;
      yield { at: formerPlaceOf(lost), about: `${file.path} ${was.key}`, message, asks: true };
    }
  },
  examples: {
    "another registry of npm": {
      reverse: "reports",
      change: `
      M .npmrc
      - registry=https://registry.npmjs.org/
      > registry=https://packages.example.net/`,
    },
    "the registry of a scope is no longer stated": {
      reverse: "reports",
      change: `
      M .npmrc
        save-exact=true
      < @acme:registry=https://packages.example.net/`,
    },
    "one more index of pip": `
      M requirements.txt
        --index-url https://pypi.org/simple
      > --extra-index-url https://packages.example.net/simple
        left==1.0.0`,
    "one more index while an image is built": `
      M Dockerfile
        FROM python:3.14.0
      - RUN pip install -r requirements.txt
      > RUN pip install --extra-index-url https://packages.example.net/simple -r requirements.txt`,
    "another proxy for modules in a pipeline": `
      M .github/workflows/ci.yml
        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            env:
              CGO_ENABLED: "0"
      >       GOPROXY: https://modules.example.net,direct
            steps:
              - run: go build ./...`,
    "one more repository of Gradle": `
      M build.gradle
        repositories {
          mavenCentral()
      >   maven { url "https://packages.example.net/maven" }
        }`,
    "what applies anyhow is stated": `
      M .npmrc
      + registry=https://registry.npmjs.org/
        save-exact=true`,
    "a comment and another setting": `
      M .npmrc
        registry=https://registry.npmjs.org/
      + # the one in use
      + save-exact=true`,
  },
});
