import { z } from "zod";
import { crossing, floor, tightest } from "../../../lib/bound.ts";
import { formatDecimal, whole } from "../../../lib/quantity.ts";
import { isGenerated, isLockfile } from "../../change/dependencies.ts";
import { placeOf } from "../../change/hunks.ts";
import { defineRule } from "../../rule.ts";
import { environmentsReached } from "../../views/reached.ts";

const policy = `
  version: 1
  limits: { files: { review_above: 1, max: 2 } }`;

export default defineRule({
  id: "too-many-files",
  invariant: "blast-radius-is-bounded",
  severity: "medium",
  confidence: "high",
  summary: "The change touches more files than the policy allows in one pull request.",
  why: "Nobody reads a change of many files line by line, and what goes wrong in it goes wrong everywhere at once.",
  remedy: "Split the change into pull requests that each do one thing.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }, _, context) {
    const counted = files.filter(({ path }) => !isLockfile(path) && !isGenerated(path));
    const [first, ...others] = counted;
    if (first === undefined) return;
    const number = whole(counted.length);
    const bounds = [
      { key: "limits.files", bound: context.policy.limits.files },
      ...environmentsReached(files, context).map(({ environment }) => ({
        key: `environments.${environment.name}.limits.files`,
        bound: environment.limits.files,
      })),
    ];
    for (const { key, bound } of bounds) {
      const crossed = crossing(bound, number);
      const limit = crossed === "max" ? bound.max : tightest(bound);
      if (crossed === null || limit === null) continue;
      yield {
        at: placeOf(first),
        paths: others.map(({ path }) => path),
        about: key,
        message:
          crossed === "max"
            ? `${counted.length} files are changed; the limit is ${formatDecimal(limit)}`
            : `${counted.length} files are changed; above ${formatDecimal(limit)} a person is asked`,
        ...(crossed === "max" ? {} : { asks: true as const }),
        after: counted.length,
        boundsFrom: [{ key, value: formatDecimal(limit) }],
        passes: {
          clean: Number(floor(tightest(bound) ?? limit)),
          withApprovals: bound.max === null ? counted.length : Number(floor(bound.max)),
          because: "lockfiles and generated files do not count",
        },
      };
    }
  },
  examples: {
    "three files where two are allowed": {
      policy,
      change: `
      M a.ts
      - one
      > two
      D b.ts
        one
      A c.ts
        one`,
      reverse: "reports",
    },
    "two files where a person is asked above one": {
      policy,
      change: `
      > A a.ts
        one
      A b.ts
        one`,
      reverse: "reports",
    },
    "an environment allows fewer": {
      policy: `
        version: 1
        environments: { production: { limits: { files: 1 } } }`,
      change: `
      M a.ts
      - one
      > two
      M k8s/production/api.yaml
      - replicas: 1
      + replicas: 2`,
      reverse: "reports",
    },
    "lockfiles and generated files do not count": {
      policy,
      change: `
      M package.json
      - one
      + two
      M package-lock.json
      - one
      + two
      M web/yarn.lock
      - one
      + two
      M api/api.pb.go
      - one
      + two`,
    },
    "as many as are allowed without asking": {
      policy,
      change: `
      M a.ts
      - one
      + two
      = b.ts
        one`,
    },
    "the environment that allows fewer is not reached": {
      policy: `
        version: 1
        environments: { production: { limits: { files: 1 } } }`,
      change: `
      M a.ts
      - one
      + two
      M k8s/staging/api.yaml
      - replicas: 1
      + replicas: 2`,
    },
  },
});
