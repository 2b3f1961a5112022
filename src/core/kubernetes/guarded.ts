/** Keys whose values rules bound, wherever the word stands: a template may put them in by a name of its own. */
const anywhere = [
  "replicas|minReplicas|maxReplicas|minReplicaCount|maxReplicaCount|parallelism",
  "resources|limits|requests|memory|cpu",
  "livenessProbe|readinessProbe|startupProbe|failureThreshold|periodSeconds|timeoutSeconds|initialDelaySeconds",
  "setWeight|stepWeights?|skipAnalysis|weight",
];
/** Words that mean much else too: they count as keys, or as what is put in under their name. */
const asKeys = [
  "completions|backoffLimit|activeDeadlineSeconds|schedule|suspend|concurrencyPolicy|successThreshold",
  "storage|hard|ephemeral-storage|storageClassName|accessModes|volumeName|serviceName",
  "persistentVolumeReclaimPolicy|reclaimPolicy|persistentVolumeClaimRetentionPolicy|finalizers",
  "strategy|updateStrategy|maxSurge|maxUnavailable|minAvailable|minReadySeconds|progressDeadlineSeconds",
  "terminationGracePeriodSeconds|preStop|lifecycle|priorityClassName|image|imagePullPolicy|nodeSelector|tolerations",
  "volumes|volumeMounts|volumeClaimTemplates|persistentVolumeClaim|emptyDir|hostPath|matchLabels",
  "canary|blueGreen|steps|maxWeight|pause|analysis|autoPromotionEnabled|prune",
];
/** Annotations by which an object stays when what made it goes. */
const annotations = [
  "helm\\.sh/resource-policy",
  "argocd\\.argoproj\\.io/sync-options",
  "kustomize\\.toolkit\\.fluxcd\\.io/(?:prune|reconcile|force)",
];

const guardedKeys = new RegExp(
  `\\b(?:${anywhere.join("|")})\\b|(?:(?<![\\w.-])|\\.)(?:${asKeys.join("|")})(?:["']?\\s*:|\\b(?=[^:]*\\}\\}))|${annotations.join("|")}`,
  "u",
);

const kinds = [
  "Deployment|DeploymentConfig|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Rollout|Job|CronJob|Pod|PodTemplate",
  "HorizontalPodAutoscaler|VerticalPodAutoscaler|ScaledObject|ScaledJob|Canary|PodDisruptionBudget",
  "VirtualService|HTTPRoute|TraefikService|TrafficSplit",
  "LimitRange|ResourceQuota|PriorityClass|PersistentVolume|PersistentVolumeClaim|StorageClass|VolumeSnapshotClass",
  "Namespace|CustomResourceDefinition|Kustomization|Application|ApplicationSet|HelmRelease",
  "Cluster|Kafka|KafkaTopic|PostgresCluster|postgresql|Elasticsearch|RabbitmqCluster|Redis|MongoDBCommunity",
];

const guardedKinds = new RegExp(`\\bkind["']?\\s*:\\s*["']?(?:\\{\\{|(?:${kinds.join("|")})\\b|\\w*List\\b)`, "u");

/** Whether a line of a template may set what the rules look at. A template that changes none of it changes nothing that they would have found. */
export function isGuardedLine(line: string): boolean {
  return guardedKeys.test(line);
}

/** Whether a text names a kind that holds guarded keys. One of other kinds only, such as roles with their `resources`, holds nothing bounded. */
export function namesGuardedKind(text: string): boolean {
  return guardedKinds.test(text);
}
