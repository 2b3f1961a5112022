import { type Guard, keepsWords, ordered, staysOff, staysOn, withoutMatching } from "../guards.ts";

const policy = ordered(["Delete", "Recycle"], "Retain");
const volumes = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming";
const sets = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention";
const snapshots = "https://kubernetes.io/docs/concepts/storage/volume-snapshot-classes/#deletionpolicy";
const ceph = "https://rook.io/docs/rook/latest/CRDs/specification/";

/** What becomes of data when the object that stands for it goes. */
export const reclaiming: readonly Guard[] = [
  {
    on: ["PersistentVolume"],
    path: ["spec", "persistentVolumeReclaimPolicy"],
    otherwise: "Retain",
    compared: policy,
    follows: "the disk is deleted with its claim",
    blocks: true,
    source: volumes,
  },
  {
    on: ["StorageClass.storage.k8s.io"],
    path: ["reclaimPolicy"],
    otherwise: "Delete",
    compared: policy,
    follows: "the disks of its claims are deleted with them",
    blocks: true,
    source: volumes,
  },
  {
    on: ["VolumeSnapshotClass.snapshot.storage.k8s.io"],
    path: ["deletionPolicy"],
    otherwise: null,
    compared: policy,
    follows: "snapshots are deleted with the objects that name them",
    blocks: true,
    source: snapshots,
  },
  {
    on: ["VolumeSnapshotContent.snapshot.storage.k8s.io"],
    path: ["spec", "deletionPolicy"],
    otherwise: null,
    compared: policy,
    follows: "the snapshot is deleted with the object that names it",
    blocks: true,
    source: snapshots,
  },
  {
    on: ["StatefulSet.apps"],
    path: ["spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"],
    otherwise: "Retain",
    compared: policy,
    follows: "its claims are deleted with it",
    blocks: true,
    source: sets,
  },
  {
    on: ["StatefulSet.apps"],
    path: ["spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"],
    otherwise: "Retain",
    compared: policy,
    follows: "the claims of pods are deleted as soon as there are fewer of them",
    blocks: true,
    source: sets,
  },
  ...["storage", "zookeeper.storage", "kafka.storage"].map(
    (at): Guard => ({
      on: ["Kafka.kafka.strimzi.io", "KafkaNodePool.kafka.strimzi.io"],
      path: ["spec", ...at.split("."), "deleteClaim"],
      otherwise: false,
      compared: staysOff,
      follows: "its claims are deleted with the cluster",
      blocks: true,
      source: "https://strimzi.io/docs/operators/latest/configuring#type-PersistentClaimStorage-reference",
    }),
  ),
  {
    on: ["Elasticsearch.elasticsearch.k8s.elastic.co"],
    path: ["spec", "volumeClaimDeletePolicy"],
    otherwise: "DeleteOnScaledownAndClusterDeletion",
    compared: ordered("DeleteOnScaledownAndClusterDeletion", "DeleteOnScaledownOnly"),
    follows: "its claims are deleted with the cluster",
    source: "https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/volume-claim-templates",
  },
  ...["preservePoolsOnDelete", "preserveFilesystemOnDelete"].map(
    (field): Guard => ({
      on: ["CephFilesystem.ceph.rook.io", "CephObjectStore.ceph.rook.io"],
      path: ["spec", field],
      otherwise: false,
      compared: staysOn,
      follows: "the pools are deleted with the object",
      blocks: true,
      source: ceph,
    }),
  ),
  {
    on: ["CephCluster.ceph.rook.io"],
    path: ["spec", "cleanupPolicy", "confirmation"],
    otherwise: "",
    compared: (before, after) => (after === "yes-really-destroy-data" && before !== after ? "weaker" : "not"),
    follows: "the disks of the hosts are wiped as soon as the cluster is deleted",
    blocks: true,
    source: "https://rook.io/docs/rook/latest/Storage-Configuration/ceph-teardown/",
  },
  {
    on: ["*"],
    path: ["spec", "deletionPolicy"],
    otherwise: "Delete",
    compared: ordered(["Delete", "WaitForTermination"], "MirrorPrune", "Orphan"),
    follows: "what the object stands for is deleted with it",
    source:
      "https://docs.crossplane.io/latest/concepts/managed-resources/ and https://fluxcd.io/flux/components/kustomize/kustomizations/",
  },
  {
    on: ["*"],
    path: ["metadata", "finalizers"],
    otherwise: "",
    compared: withoutMatching(/(?:^|\/)delete-[a-z-]*(?:pvc|backup|pvcs|backups)$/u),
    follows: "the operator deletes the claims or backups with the object",
    blocks: true,
    source: "https://docs.percona.com/percona-operator-for-mongodb/delete.html",
  },
  {
    on: ["*"],
    path: ["metadata", "annotations", "cnrm.cloud.google.com/force-destroy"],
    otherwise: "false",
    compared: staysOff,
    follows: "a bucket is deleted with everything in it",
    source: "https://cloud.google.com/config-connector/docs/reference/resource-docs/storage/storagebucket",
  },
];

/** Finalizers that hold back a deletion until something is safe; those that make a tool delete more are no guards. */
export const finalizers: readonly Guard[] = [
  {
    on: ["*"],
    path: ["metadata", "finalizers"],
    otherwise: "",
    compared: keepsWords(/^(?!resources-finalizer\.argocd|.*delete-|foregroundDeletion|orphan$)/u),
    follows: "a deletion no longer waits for what the finalizer protects",
    source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
  },
];
