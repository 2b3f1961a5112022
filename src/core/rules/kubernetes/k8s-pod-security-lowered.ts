import { z } from "zod";
import { admissionChanges } from "../../kubernetes/pods/admission.ts";
import { aboutOf, inCode, isOnlySample } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

export default defineRule({
  id: "k8s-pod-security-lowered",
  invariant: "permissions-do-not-increase",
  severity: "high",
  confidence: "high",
  summary:
    "What the cluster refuses is refused no more: a level of pod security, or a policy that becomes advice or gets an exception.",
  why: "Admission is what keeps the next manifest from being privileged. Once it only warns, no later change has to pass it.",
  remedy: "Keep the level and the enforcement, and change what does not pass; an exception is for people to grant.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after, changed } of objects) {
      const object = after ?? before;
      if (!changed || object === undefined || isOnlySample(object.path, reach)) continue;
      for (const { key, at, message, grave, hidden } of admissionChanges(before, after)) {
        const about = aboutOf(object, key);
        const name = inCode(describeObject(object));
        if (hidden === true) {
          yield { at: at.place, about, undecided: `what ${inCode(key)} of ${name} is now` };
          continue;
        }
        yield {
          at: at.place,
          about,
          message: `${name}: ${message}`,
          object: describeObject(object),
          pointer: at.pointer,
          ...(grave ? {} : { asks: true as const }),
        };
      }
    }
  },
  examples: {
    "a namespace takes privileged pods": `
      M k8s/namespace.yaml
        apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
          labels:
      -     pod-security.kubernetes.io/enforce: restricted
      >     pod-security.kubernetes.io/enforce: privileged`,
    "the label goes": `
      M k8s/namespace.yaml
        apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
          labels:
      -     pod-security.kubernetes.io/enforce: baseline
      !     team: shop`,
    "a policy only reports now": `
      M k8s/policy.yaml
        apiVersion: kyverno.io/v1
        kind: ClusterPolicy
        metadata: { name: no-privileged }
        spec:
      -   validationFailureAction: Enforce
      >   validationFailureAction: Audit`,
    "a constraint only warns now, and leaves a namespace out": `
      M k8s/constraint.yaml
        apiVersion: constraints.gatekeeper.sh/v1beta1
        kind: K8sPSPPrivileged
        metadata: { name: no-privileged }
        spec:
      -   enforcementAction: deny
      >   enforcementAction: warn
          match:
            excludedNamespaces:
              - kube-system
      >       - shop`,
    "a binding denies no more": `
      M k8s/binding.yaml
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: { name: images }
        spec:
          policyName: images
      -   validationActions: [Deny]
      >   validationActions: [Audit]`,
    "an exception": `
      A k8s/exception.yaml
        apiVersion: kyverno.io/v2
        kind: PolicyException
        metadata: { name: tools }
      > spec: { exceptions: [ { policyName: no-privileged, ruleNames: [all] } ] }`,
    "a webhook that may fail": `
      M k8s/webhook.yaml
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: { name: policies }
        webhooks:
          - name: policies.acme.example
      -     failurePolicy: Fail
      >     failurePolicy: Ignore`,
    "a policy looks only where a condition holds": `
      M k8s/policy.yaml
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: { name: images }
        spec:
          failurePolicy: Fail
          matchConditions:
            - { name: pods, expression: "object.kind == 'Pod'" }
      >     - { name: people, expression: "!request.userInfo.username.startsWith('system:')" }`,
    "an exception is for one more policy": `
      M k8s/exception.yaml
        apiVersion: kyverno.io/v2
        kind: PolicyException
        metadata: { name: tools }
        spec:
          exceptions:
            - { policyName: no-privileged, ruleNames: [all] }
      >     - { policyName: no-host-path, ruleNames: [all] }`,
    "constraints of OpenShift admit privileged pods, for everybody": `
      M k8s/scc.yaml
        apiVersion: security.openshift.io/v1
        kind: SecurityContextConstraints
        metadata: { name: tools }
      - allowPrivilegedContainer: false
      > allowPrivilegedContainer: true
        runAsUser:
      -   type: MustRunAsRange
      >   type: RunAsAny
        groups:
      >   - system:authenticated`,
    "a policy goes": `
      D k8s/policy.yaml
      < apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: { name: images }
        spec: { policyName: images, validationActions: [Deny] }`,
    "a policy that enforces comes": `
      A k8s/policy.yaml
        apiVersion: kyverno.io/v1
        kind: ClusterPolicy
        metadata: { name: no-privileged }
        spec: { validationFailureAction: Audit }`,
    "warnings are changed, and refusals are not": `
      M k8s/namespace.yaml
        apiVersion: v1
        kind: Namespace
        metadata:
          name: shop
          labels:
            pod-security.kubernetes.io/enforce: baseline
      -     pod-security.kubernetes.io/warn: restricted
      +     pod-security.kubernetes.io/warn: baseline`,
  },
});
