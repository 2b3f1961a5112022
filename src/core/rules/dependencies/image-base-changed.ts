import { z } from "zod";
import { directiveChanges, inCode, placeOf } from "../../dependencies/changes.ts";
import { isFloating, readImage } from "../../kubernetes/image-names.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "image-base-changed",
  invariant: "supply-chain-is-intact",
  severity: "medium",
  confidence: "high",
  summary: "An image is built from a base of another owner than before, or from one that is held less firmly.",
  why: "All of the base runs in production; under a name that moves, nobody can say which one was tested.",
  remedy: "Keep the owner, and name the version that was tested, best with its digest.",
  needs: "dependencies",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const change of directiveChanges(files, "image")) {
      const { file, is, was } = change;
      const about = `${file.path} ${is.key}`;
      const [image, former] = [readImage(is.value), was === undefined ? null : readImage(was.value)];
      // An argument of the build decides: what its default was and is stands in a line of its own.
      if (image === null) {
        if (former !== null) yield { at: placeOf(change), about, undecided: `what the base ${inCode(is.value)} is` };
        continue;
      }
      const say = (what: string) => ({
        at: placeOf(change),
        about,
        message: `${inCode(is.value)} ${what}`,
        asks: true as const,
      });
      if (former !== null && (former.registry !== image.registry || former.owner !== image.owner)) {
        yield say(`is of another owner than the base before, ${inCode(former.written)}`);
      } else if (former === null && is.key === "syntax" && image.owner !== "docker") {
        yield say("newly reads the file, as a program that is not Docker's own");
      } else if (isFloating(image) && (former === null || !isFloating(former))) {
        yield say("has a tag that moves, or none");
      } else if (former !== null && former.digest !== null && image.digest === null) {
        yield say("loses the digest that held it");
      }
    }
  },
  examples: {
    "a base of another owner": {
      reverse: "reports",
      change: `
      M Dockerfile
      - FROM node:24.1.0
      > FROM acme/node:24.1.0
        RUN true`,
    },
    "the default of an argument is another owner's": {
      reverse: "reports",
      change: `
      M Dockerfile
      - ARG BASE=node:24.1.0
      + ARG BASE=acme/node:24.1.0
      ! FROM $BASE
        RUN true`,
    },
    "files are newly taken from an image with a tag that moves": `
      M Dockerfile
        FROM node:24.1.0
      - COPY --from=acme/tools:1.2.0 /bin/tool /bin/tool
      + COPY --from=acme/tools:1.3.0 /bin/tool /bin/tool
      > COPY --from=acme/right /bin/left /bin/left`,
    "a program that reads the file": `
      M Dockerfile
      > # syntax=acme/frontend:1.2
        FROM node:24.1.0
        RUN true`,
    "a digest is lost": `
      M Dockerfile
      - FROM node:24.1.0@sha256:0123456789012345678901234567890123456789012345678901234567890123
      > FROM node:24.1.0
        RUN true`,
    "the latest of whatever there is": `
      A Dockerfile
      > FROM node
        RUN true`,
    "a newer version, and a stage": `
      M Dockerfile
      - FROM node:24.1.0 AS build
      + FROM node:24.2.0 AS build
        RUN true
        FROM build
        RUN true`,
  },
});
