import { z } from "zod";
import { count } from "../../../lib/text.ts";
import { placeOf } from "../../change/hunks.ts";
import { loosening } from "../../policy/patterns.ts";
import { defineRule } from "../../rule.ts";

export default defineRule({
  id: "outside-allowlist",
  invariant: "outside-allowlist-needs-opt-in",
  severity: "medium",
  confidence: "high",
  summary: "The change touches paths that are not on the policy's allowlist.",
  why: "The allowlist is where agents were invited to work; what lies outside was not thought of when they were.",
  remedy: "Keep to the allowlist, or have a person add the path to it in the policy.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }, _, { policy }) {
    const lists = policy.allowlist.map((patterns) => loosening(patterns));
    const outside = files.filter(({ path }) => lists.some((allowed) => !allowed(path)));
    const [first, ...others] = outside;
    if (first === undefined) return;
    yield {
      at: placeOf(first),
      paths: others.map(({ path }) => path),
      about: "allowlist",
      message: `${count(outside.length, "file")} outside the allowlist, first \`${first.path}\``,
      boundsFrom: [{ key: "allowlist", value: policy.allowlist.flat().join(", ") }],
    };
  },
  examples: {
    "a path that no pattern names": {
      policy: `
        version: 1
        allowlist: ["services/**", "docs/**"]`,
      change: `
      M services/api/main.go
      - one
      + two
      M terraform/main.tf
        locals {
      -   size = 1
      >   size = 2
        }`,
      reverse: "reports",
    },
    "capitals are not the name that is listed": {
      policy: `
        version: 1
        allowlist: ["services/**"]`,
      change: `
      > A Services/api/main.go
        package main`,
      reverse: "reports",
    },
    "a file is moved out of the allowlist": {
      policy: `
        version: 1
        allowlist: ["services/**"]`,
      change: `
      D services/api/main.go
        package main
      > A lib/main.go
        package main`,
      reverse: "reports",
    },
    "all paths are listed": {
      policy: `
        version: 1
        allowlist: ["services/**", "docs/**"]`,
      change: `
      M services/api/main.go
      - one
      + two`,
    },
    "no allowlist is stated": `
      M services/api/main.go
      - one
      + two`,
  },
});
