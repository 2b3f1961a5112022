import { z } from "zod";
import { standing } from "../../kubernetes/guards.ts";
import { isExpression } from "../../kubernetes/keeping.ts";
import { classesOf } from "../../kubernetes/storage.ts";
import { aboutOf, inCode, isReached } from "../../kubernetes/telling.ts";
import { defineRule } from "../../rule.ts";
import { describeObject } from "../../views/kubernetes.ts";

/** Where the API itself refuses another class, and the rule on fields that nobody can change says so. */
const refused = new Set(["PersistentVolumeClaim", "StatefulSet", "PersistentVolume"]);

export default defineRule({
  id: "k8s-storage-class-changed",
  invariant: "nothing-stateful-is-deleted",
  severity: "high",
  confidence: "medium",
  summary: "An operator or a chart is told to keep its data on another storage class.",
  why: "A volume keeps the class that it was made with. The new class is refused, without effect, or reached by deleting the claims and starting empty.",
  remedy:
    "Keep the class. To change it, add a second cluster or replica on the new class, let it take over the data, and take the first away in a change of its own.",
  needs: "kubernetes",
  options: z.strictObject({}),
  *detect({ objects }, _, { reach }) {
    for (const { before, after } of standing(objects, reach)) {
      if (refused.has(after.kind) || !isReached(after.path, reach)) continue;
      const stood = new Map(classesOf(before).map(({ path, value }) => [path.join("."), value.scalar]));
      for (const { path, value } of classesOf(after)) {
        const field = path.join(".");
        const was = stood.get(field);
        if (was === undefined || was === null || was === "" || was === value.scalar) continue;
        const about = aboutOf(after, field);
        const name = inCode(describeObject(after));
        if (isExpression(value)) yield { at: value.place, about, undecided: `what ${inCode(field)} of ${name} is now` };
        else
          yield {
            at: value.place,
            about,
            message: `${inCode(field)} of ${name} ${inCode(String(was))} → ${inCode(String(value.scalar ?? ""))}: what stands keeps the class that it was made with`,
            object: describeObject(after),
            pointer: value.pointer,
            asks: true,
          };
      }
    }
  },
  examples: {
    "a cluster of an operator": {
      reverse: "reports",
      change: `
      M k8s/production/database.yaml
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: orders }
        spec:
          storage:
      -     storageClass: gp2
      >     storageClass: gp3`,
    },
    "a class where none was stated may be the default": `
      M k8s/production/database.yaml
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: orders }
        spec:
          storage:
            size: 10Gi
      +     storageClass: gp3`,
    "a new cluster": `
      A k8s/production/database.yaml
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: { name: orders }
        spec: { storage: { storageClass: gp3 } }`,
  },
});
