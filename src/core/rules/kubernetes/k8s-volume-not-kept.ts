import { z } from "zod";
import { type Mount, mountsOf, type Source } from "../../kubernetes/mounts.ts";
import { aboutOf, inCode, isReached } from "../../kubernetes/telling.ts";
import { defineRule, type Sighting } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";
import type { Value } from "../../views/value.ts";
import { predecessor, workloads } from "../../views/workloads.ts";

type Kept = Mount & { readonly source: Source };

function isKept(mount: Mount): mount is Kept {
  return mount.source?.kept === true && !mount.readOnly;
}

interface Told extends Pick<Sighting, "message" | "asks"> {
  readonly at: Value;
}

/** What became of what a container wrote to a path that outlived it; null where it still does. */
function comparedMount(was: Kept, mounts: readonly Mount[], befores: readonly Mount[], container: Value): Told | null {
  const path = inCode(was.path);
  const is = mounts.find((mount) => mount.path === was.path);
  if (is !== undefined) {
    // A volume that the pod does not state stands in what is patched, or nowhere: then the API refuses the pod.
    if (is.source === null) return null;
    if (!is.source.kept)
      return {
        at: is.source.at,
        message: `${path} was on ${inCode(was.source.text)}, which outlives a pod; now it is on ${inCode(is.source.type)}, which goes with the pod`,
      };
    const at = is.source.text === was.source.text ? is.at : is.source.at;
    const [from, to] = [was, is].map(
      (mount) => `${mount.source?.text ?? ""}${mount.subPath === "" ? "" : ` at ${mount.subPath}`}`,
    );
    if (from === to) return null;
    return {
      at,
      message: `${path} was on ${inCode(from ?? "")}; now it is on ${inCode(to ?? "")}, and does not find what was written`,
      asks: true,
    };
  }
  const moved = mounts.find(
    ({ source, path: other }) => source?.text === was.source.text && befores.every((before) => before.path !== other),
  );
  if (moved !== undefined)
    return {
      at: moved.at,
      message: `${inCode(was.source.text)} was mounted at ${path}; now it is at ${inCode(moved.path)}: what is still written to ${path} goes with the container`,
      asks: true,
    };
  return {
    at: container,
    message: `${inCode(was.source.text)} is no longer mounted at ${path}: what is still written there goes with the container`,
    asks: true,
  };
}

export default defineRule({
  id: "k8s-volume-not-kept",
  invariant: "nothing-stateful-is-deleted",
  severity: "critical",
  confidence: "high",
  summary: "A path that a container keeps its data at is no longer on the volume that outlives it.",
  why: "The program starts on an empty directory, as if it were new, and what it writes from now on goes with the pod. It looks healthy until the next restart.",
  remedy:
    "Mount the same volume at the same path. Where the path or the volume has to change, copy the data first and say in the change how that was done.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after } of workloads(objects, reach)) {
      if (before === undefined || after === undefined || !isReached(after.object.path, reach)) continue;
      for (const container of after.containers) {
        const stood = predecessor(before, after, container);
        const befores = stood === undefined ? [] : (mountsOf(before, stood) ?? []);
        const mounts = mountsOf(after, container);
        const object = describeObject(after.object);
        const about = aboutOf(after.object, `${container.name}.volumeMounts`);
        const kept = befores.filter(isKept);
        if (kept.length === 0) continue;
        if (mounts === null) {
          yield {
            at: container.root.place,
            about,
            undecided: `what container ${inCode(container.name)} keeps its data on`,
          };
          continue;
        }
        for (const was of kept) {
          // A patch that states no mounts changes none.
          if (after.object.patch && mounts.length === 0) continue;
          const told = comparedMount(was, mounts, befores, container.root.at("volumeMounts") ?? container.root);
          if (told === null) continue;
          const { at, ...rest } = told;
          yield {
            at: { ...at.place, endLine: at.place.line },
            about: `${about}.${was.path}`,
            ...rest,
            object,
            pointer: at.pointer,
          };
        }
      }
    }
  },
  examples: {
    "scratch space in the place of a claim": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: db }
        spec:
          template:
            spec:
              containers:
                - name: db
                  volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }]
              volumes:
      -         - { name: data, persistentVolumeClaim: { claimName: db } }
      >         - { name: data, emptyDir: {} }`,
    "the claim template goes, scratch space comes": `
      M k8s/production/db.yaml
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: { name: db }
        spec:
          template:
            spec:
              containers:
                - name: db
                  volumeMounts: [{ name: data, mountPath: /data }]
      +       volumes:
      >         - name: data
      +           emptyDir: { sizeLimit: 10Gi }
      -   volumeClaimTemplates:
      -     - metadata: { name: data }
      -       spec: { accessModes: [ReadWriteOnce] }`,
    "the volume is mounted elsewhere": {
      reverse: "reports",
      change: `
      M k8s/production/db.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
              volumeMounts:
      -         - { name: data, mountPath: /var/lib/mysql }
      >         - { name: data, mountPath: /var/lib/mysql/data }
          volumes:
            - { name: data, persistentVolumeClaim: { claimName: db } }`,
    },
    "another folder of the volume, and another claim": {
      reverse: "reports",
      change: `
      M k8s/production/db.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
              volumeMounts:
      -         - { name: data, mountPath: /data, subPath: db }
      >         - { name: data, mountPath: /data, subPath: db2 }
                - { name: more, mountPath: /more }
          volumes:
            - { name: data, persistentVolumeClaim: { claimName: db } }
      -     - { name: more, persistentVolumeClaim: { claimName: more } }
      >     - { name: more, persistentVolumeClaim: { claimName: most } }`,
    },
    "the mount goes": `
      M k8s/production/db.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
              volumeMounts:
      !         - { name: config, mountPath: /etc/db }
      -         - { name: data, mountPath: /data }
          volumes:
            - { name: config, configMap: { name: db } }
            - { name: data, persistentVolumeClaim: { claimName: db } }`,
    "the volume has another name in the pod": `
      M k8s/production/db.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
      -       volumeMounts: [{ name: data, mountPath: /data }]
      +       volumeMounts: [{ name: disk, mountPath: /data/ }]
          volumes:
      -     - { name: data, persistentVolumeClaim: { claimName: db } }
      +     - { name: disk, persistentVolumeClaim: { claimName: db } }`,
    "scratch space was scratch space": `
      M k8s/production/db.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
              volumeMounts: [{ name: tmp, mountPath: /tmp }]
          volumes:
      -     - { name: tmp, emptyDir: {} }
      +     - { name: tmp, emptyDir: { medium: Memory } }`,
    "what was only read": `
      M k8s/production/db.yaml
        apiVersion: v1
        kind: Pod
        metadata: { name: db }
        spec:
          containers:
            - name: db
              volumeMounts: [{ name: models, mountPath: /models, readOnly: true }]
          volumes:
      -     - { name: models, persistentVolumeClaim: { claimName: models } }
      +     - { name: models, emptyDir: {} }`,
    "a socket of the node is no data": `
      M k8s/production/agent.yaml
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: { name: agent }
        spec:
          template:
            spec:
              containers:
                - name: agent
      -           volumeMounts: [{ name: run, mountPath: /run }]
      +           volumeMounts: []
              volumes:
                - { name: run, hostPath: { path: /var/run } }`,
  },
});
