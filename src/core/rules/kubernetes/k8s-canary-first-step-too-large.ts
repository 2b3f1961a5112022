import { z } from "zod";
import {
  aboutPart,
  firstStep,
  firstWeightAt,
  isFlagger,
  isRollout,
  numberOf,
  standing,
} from "../../kubernetes/canary.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import { replaced } from "../../views/value.ts";

const required = `
  version: 1
  layout: ["k8s/{environment}/**"]
  environments: { production: { tier: production, canary: { required: true, first_weight: 10 } } }`;

export default defineRule({
  id: "k8s-canary-first-step-too-large",
  invariant: "values-stay-in-bounds",
  severity: "high",
  confidence: "high",
  summary: "The first step of a canary takes a larger share of the traffic than is allowed.",
  why: "The first share is what an error costs before anything has measured it.",
  remedy: "Begin with a small share, wait and measure, and grow from there.",
  needs: "kubernetes",
  options: z.strictObject({
    firstWeight: z
      .int()
      .min(1)
      .max(100)
      .default(10)
      .describe(
        "A first share that grows beyond so many percent asks a person, where the environment states no `canary.first_weight`.",
      ),
    newFirstWeight: z.int().min(1).max(100).default(50).describe("The same for a canary that is new."),
  }),
  *detect({ objects }, options, { reach, limitsAt }) {
    for (const { before, after } of standing(objects, reach)) {
      if (!isRollout(after) && !isFlagger(after)) continue;
      const [at, stood] = [firstStep(after), firstStep(before)];
      if (at === undefined) continue;
      const [is, was] = [numberOf(at), numberOf(stood)];
      const about = aboutPart(after, "firstWeight");
      if (is === null) {
        const undecided = `with what share of the traffic the canary \`${after.name}\` begins`;
        if (stood?.scalar !== at.scalar || at.scalar === undefined) yield { at: at.place, about, undecided };
        continue;
      }
      const otherwise = stood === undefined ? options.newFirstWeight : options.firstWeight;
      const bound = firstWeightAt(after.path, otherwise, limitsAt);
      if (is <= bound.percent || (was !== null && is <= was)) continue;
      const edit = replaced(at, String(bound.percent));
      const from = bound.stated
        ? "environments.*.canary.first_weight"
        : "rules.k8s-canary-first-step-too-large.options";
      yield {
        at: at.place,
        about,
        message: `the canary \`${after.name}\` begins with ${was === null ? "" : `${was} → `}${is} % of the traffic; ${bound.stated ? `the limit is ${bound.percent} %` : `above ${bound.percent} % a person is asked`}`,
        ...(bound.stated ? {} : { asks: true as const }),
        object: describeObject(after),
        pointer: at.pointer,
        before: was,
        after: is,
        boundsFrom: [{ key: from, value: `${bound.percent} %` }],
        passes: {
          clean: bound.percent,
          withApprovals: bound.stated ? bound.percent : is,
          because: "the largest first share",
        },
        ...(edit === undefined ? {} : { fix: [edit] }),
      };
    }
  },
  examples: {
    "a rollout begins with half": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
      -         - setWeight: 5
      >         - setWeight: 50
                - pause: { duration: 10m }`,
    "flagger steps by forty": `
      M k8s/canary.yaml
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: { name: api }
        spec:
          analysis:
            interval: 1m
            maxWeight: 50
      -     stepWeight: 5
      >     stepWeight: 40`,
    "the policy allows a tenth, and the canary is new": {
      policy: required,
      change: `
      A k8s/production/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
      >         - setWeight: 20
                - pause: {}`,
    },
    "a new canary begins with all of it": `
      A k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
      >         - setWeight: 100`,
    "a new canary with a fifth, as tutorials have it": `
      A k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec: { strategy: { canary: { steps: [ { setWeight: 20 }, { pause: {} } ] } } }`,
    "later steps may be large": `
      M k8s/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
                - setWeight: 5
                - pause: {}
      -         - setWeight: 30
      +         - setWeight: 50`,
    "large before, and less now": {
      policy: required,
      change: `
      M k8s/production/api.yaml
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: { name: api }
        spec:
          strategy:
            canary:
              steps:
      -         - setWeight: 40
      +         - setWeight: 30`,
    },
    "a canary of another make": `
      A k8s/bird.yaml
        apiVersion: example.com/v1
        kind: Canary
        metadata: { name: bird }
        spec: { analysis: { stepWeight: 90 } }`,
  },
});
