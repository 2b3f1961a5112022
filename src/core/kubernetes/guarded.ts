import type { Hunk } from "../change/hunks.ts";
import { type Image, isEarlier, isFloating, readImage, versionOf } from "./image-names.ts";

/** Keys whose values rules bound, wherever the word stands: a template may put them in by a name of its own. A list of resources is one of roles. */
const anywhere = [
  "replicas|minReplicas|maxReplicas|minReplicaCount|maxReplicaCount|parallelism",
  `resources(?!-finalizer|["']?\\s*:\\s*\\[)|limits|requests|memory|cpu`,
  "livenessProbe|readinessProbe|startupProbe|failureThreshold|periodSeconds|timeoutSeconds|initialDelaySeconds",
  "setWeight|stepWeights?|skipAnalysis|weight",
];
/** Words that mean much else too: they count as keys, or as what is put in under their name. */
const asKeys = [
  "completions|backoffLimit|activeDeadlineSeconds|schedule|suspend|concurrencyPolicy|successThreshold",
  "storage|hard|ephemeral-storage|persistentVolumeReclaimPolicy|reclaimPolicy",
  "strategy|updateStrategy|maxSurge|maxUnavailable|minAvailable|minReadySeconds|progressDeadlineSeconds",
  "terminationGracePeriodSeconds|preStop|lifecycle|priorityClassName|image(?!\\.pullSecrets\\b)|imagePullPolicy",
  "canary|blueGreen|steps|maxWeight|analysis",
  "privileged|hostPID|hostIPC|hostNetwork|hostPort|hostPath|capabilities|allowPrivilegeEscalation|procMount|sysctls",
  "verbs|roleRef|clusterRoleSelectors",
];
/** What is only compared with what stood before: in a file that is new it says nothing. */
const ofWhatStood = [
  "storageClassName|accessModes|volumeName|serviceName|persistentVolumeClaimRetentionPolicy|finalizers",
  "volumeClaimTemplates|persistentVolumeClaim|matchLabels|pause|autoPromotionEnabled|prune",
  "runAsNonRoot|runAsUser|readOnlyRootFilesystem|seccompProfile|appArmorProfile|securityContext|podSecurityContext",
  "serviceAccountName|automountServiceAccountToken|subjects|podSelector|policyTypes|ingress|egress|ipBlock|except|from|to",
  "externalIPs|loadBalancerSourceRanges|tls|allowedRoutes|mtls|portLevelMtls|jwtRules|principals|action|ingressClassName",
  "endpointSelector|fromEndpoints|fromEntities|fromCIDR|toEndpoints|toEntities|toCIDR|toFQDNs|ingressDeny|egressDeny",
  "validationFailureAction|failureAction|enforcementAction|validationActions|failurePolicy|matchConditions|exclude",
];
/** Where a container finds what: a matter of data only in a pod that had a volume which outlives it. */
const ofData = "volumes|volumeMounts|emptyDir";
/** Annotations by which an object stays when what made it goes. */
const annotations = [
  "helm\\.sh/resource-policy",
  "argocd\\.argoproj\\.io/sync-options",
  "kustomize\\.toolkit\\.fluxcd\\.io/(?:prune|reconcile|force)",
];

/** As a key, or within an expression. */
function keyed(words: readonly string[]): RegExp {
  return new RegExp(`(?<![\\w.-])(?:${words.join("|")})["']?\\s*:|[.$"'](?:${words.join("|")})\\b(?=[^:]*\\}\\})`, "u");
}

/** A service that is reached from outside, whether it is said or put in. */
const exposes = /\btype["']?\s*:\s*["']?(?:(?:NodePort|LoadBalancer)\b|\{\{)/u;
/** Objects that open something by being there. */
const opens =
  /\bkind["']?\s*:\s*["']?(?:AdminNetworkPolicy|BaselineAdminNetworkPolicy|GlobalNetworkPolicy|ReferenceGrant|PolicyException|SecurityContextConstraints)\b/u;
const always = new RegExp(`\\b(?:${anywhere.join("|")})\\b|${annotations.join("|")}`, "u");
const asKey = keyed(asKeys);
const asKeyThatStood = keyed(ofWhatStood);
const asVolume = keyed([ofData]);
const asSelector = keyed(["nodeSelector"]);
/** Taints that pods come to bear. What a template hands on of them stands in values, where it is read. */
const tolerates = /node-role\.kubernetes\.io\/(?:control-plane|master)\b|\boperator\s*:\s*["']?Exists\b/u;
/** The downward API: a container is told its own limit. The `resource` of an autoscaler is a map. */
const tellsItself = /^.\s*(?:-\s+)?resource\s*:\s+(?!\{\s*["'\w])\S/u;
const comment = /^.\s*#/u;
const outlives =
  /\b(?:persistentVolumeClaim|volumeClaimTemplates|hostPath|nfs|csi|awsElasticBlockStore|azureDisk|azureFile|cephfs|cinder|fc|gcePersistentDisk|glusterfs|iscsi|portworxVolume|rbd|vsphereVolume)\b|\{\{[^}]*volume[^}]*\}\}/iu;

const kinds = [
  "Deployment|DeploymentConfig|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Rollout|Job|CronJob|Pod|PodTemplate",
  "HorizontalPodAutoscaler|VerticalPodAutoscaler|ScaledObject|ScaledJob|Canary|PodDisruptionBudget",
  "VirtualService|HTTPRoute|TraefikService|TrafficSplit",
  "LimitRange|ResourceQuota|PriorityClass|PersistentVolume|PersistentVolumeClaim|StorageClass|VolumeSnapshotClass",
  "Role|ClusterRole|RoleBinding|ClusterRoleBinding|NetworkPolicy|Service|Ingress|Gateway|ServiceAccount",
  "PeerAuthentication|RequestAuthentication|AuthorizationPolicy|ClusterPolicy|PolicyException",
  "ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding|ValidatingWebhookConfiguration|SecurityContextConstraints",
  "CiliumNetworkPolicy|CiliumClusterwideNetworkPolicy|GlobalNetworkPolicy|AdminNetworkPolicy|BaselineAdminNetworkPolicy",
  "DestinationRule|ReferenceGrant|GRPCRoute|TLSRoute|TCPRoute|Route",
  "Namespace|CustomResourceDefinition|Kustomization|Application|ApplicationSet|HelmRelease",
  "Cluster|Kafka|KafkaTopic|PostgresCluster|postgresql|Elasticsearch|RabbitmqCluster|Redis|MongoDBCommunity",
];

const guardedKinds = new RegExp(`\\bkind["']?\\s*:\\s*["']?(?:\\{\\{|(?:${kinds.join("|")})\\b|\\w*List\\b)`, "u");

/**
 * Tells the lines of a diff, with their sign, that may set what the rules look at. A template that changes none of it changes nothing that they would
 * have found. `stood`: the text before; null for a template that is new.
 */
export function guardedIn(stood: string | null): (line: string) => boolean {
  const mayHoldData = stood !== null && outlives.test(stood);
  return (line) => {
    if (comment.test(line) || tellsItself.test(line)) return false;
    if (always.test(line) || asKey.test(line) || exposes.test(line) || opens.test(line)) return true;
    if (stood === null) return false;
    if (asKeyThatStood.test(line) || (mayHoldData && asVolume.test(line))) return true;
    // Pods leave nodes that were chosen for them; what chooses nodes from now on stands in values.
    return line.startsWith("-") ? asSelector.test(line) : tolerates.test(line);
  };
}

/** The first place of a template that may set what the rules look at. */
export function guardedHunk(hunks: readonly Hunk[], stood: string | null): Hunk | undefined {
  const isGuarded = guardedIn(stood);
  if (stood !== null && isOnlyLess(hunks, stood)) return undefined;
  return hunks.find(({ lines }) => {
    const found = lines.filter(isGuarded);
    return found.length > 0 && !(stood !== null && areLaterImages(found));
  });
}

const rbacKinds =
  /\bkind["']?\s*:\s*["']?(?:Role|ClusterRole|RoleBinding|ClusterRoleBinding|ServiceAccount|User|Group)\b/gu;
const anyKinds = /\bkind["']?\s*:/gu;

/**
 * Rules and subjects that only go from a template of roles and bindings. Names of objects bound a rule: without the last of them it is for
 * all; and what an expression goes with may have kept the rest out.
 */
function isOnlyLess(hunks: readonly Hunk[], stood: string): boolean {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const isOfRbac = [...stood.matchAll(anyKinds)].length === [...stood.matchAll(rbacKinds)].length;
  return (
    isOfRbac &&
    !/resourceNames|clusterRoleSelectors/u.test(stood) &&
    lines.every((line) => !line.startsWith("+") && !(line.startsWith("-") && line.includes("{{")))
  );
}

/** The first place of a template that does no more than name a later image. */
export function updatedHunk(hunks: readonly Hunk[], stood: string | null): Hunk | undefined {
  const isGuarded = guardedIn(stood);
  return hunks.find(({ lines }) => {
    const found = lines.filter(isGuarded);
    const named = (sign: string): string =>
      found.flatMap((line) => (line.startsWith(sign) ? (imageOn(line)?.written ?? "") : [])).join();
    return found.length > 0 && stood !== null && areLaterImages(found) && named("-") !== named("+");
  });
}

/** Images that are written out on both sides, each a later version of the one that stood there: no rule has anything to say of it. */
function areLaterImages(lines: readonly string[]): boolean {
  const imagesOn = (sign: string): readonly (Image | null)[] =>
    lines.filter((line) => line.startsWith(sign)).map(imageOn);
  const [were, are] = [imagesOn("-"), imagesOn("+")];
  if (were.length !== are.length) return false;
  return are.every((is, index) => isLater(is, were[index]));
}

function imageOn(line: string): Image | null {
  const written = /^.\s*(?:-\s+)?image\s*:\s*["']?([^\s"'{}]+)["']?\s*(?:#.*)?$/u.exec(line)?.[1];
  return written === undefined ? null : readImage(written);
}

function isLater(is: Image | null, was: Image | null | undefined): boolean {
  if (is === null || was == null || isFloating(is) || (was.digest !== null && is.digest === null)) return false;
  if (is.registry !== was.registry || is.owner !== was.owner || is.name !== was.name) return false;
  const [version, former] = [versionOf(is.tag), versionOf(was.tag)];
  // Words that no order is known of move where nothing pins them.
  if (version === null || former === null) return was.digest !== null && is.digest !== null;
  return !isEarlier(version, former);
}

/** Whether a text names a kind that holds guarded keys. One of other kinds only holds nothing bounded. */
export function namesGuardedKind(text: string): boolean {
  return guardedKinds.test(text);
}
