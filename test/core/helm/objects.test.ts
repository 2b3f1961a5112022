import { describe, expect, test } from "vitest";
import { parseExample, reversed } from "../../../src/core/example.ts";
import { chartObjects } from "../../../src/core/helm/objects.ts";
import type { KubernetesObject } from "../../../src/core/kubernetes/object.ts";
import type { Value } from "../../../src/core/views/value.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

function plain(value: Value): Plain {
  if (value.scalar !== undefined) return value.scalar;
  // What binds objects to each other is the same for all of them.
  const entries = value.entries().filter(({ key }) => key !== "metadata" && key !== "selector");
  if (entries.length > 0) return Object.fromEntries(entries.map(({ key, value: each }) => [key, plain(each)]));
  return value.items().map(plain);
}

function objects(change: string): {
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
} {
  const { before, after } = chartObjects(parseExample(change).change, tools);
  return { before: before.objects.map(({ object }) => object), after: after.objects.map(({ object }) => object) };
}

/** Every object of a side as `Kind/name path`, with what it sets. */
function told(all: readonly KubernetesObject[]): Readonly<Record<string, Plain>> {
  return Object.fromEntries(
    all.map(({ kind, name, path, root }) => {
      const spec = root.at("spec");
      return [`${kind}/${name} ${path}`, spec === undefined ? null : plain(spec)];
    }),
  );
}

const chart = "= charts/web/Chart.yaml\n  name: web\n";

describe("maps of values are objects", () => {
  test("the keys of Helm's own template", () => {
    const { before, after } = objects(`${chart}M charts/web/values.yaml
- replicaCount: 2
+ replicaCount: 20
  image: { registry: registry.example, repository: acme/web, tag: "1.2" }
  resources:
    limits: { memory: 512Mi }
  livenessProbe: { periodSeconds: 10, failureThreshold: 3 }
  terminationGracePeriodSeconds: 30
  podSecurityContext: { runAsNonRoot: true }`);
    expect(told(before)["Deployment/web charts/web/values.yaml"]).toMatchObject({ replicas: 2 });
    expect(told(after)).toEqual({
      "Deployment/web charts/web/values.yaml": {
        replicas: 20,
        template: {
          spec: {
            terminationGracePeriodSeconds: 30,
            securityContext: { runAsNonRoot: true },
            containers: [
              {
                name: "main",
                image: "registry.example/acme/web:1.2",
                resources: { limits: { memory: "512Mi" } },
                livenessProbe: { periodSeconds: 10, failureThreshold: 3 },
              },
            ],
          },
        },
      },
    });
    expect(after[0]).toMatchObject({ patch: true, namespace: null });
    expect(after[0]?.root.at("spec", "replicas")?.place).toMatchObject({ path: "charts/web/values.yaml", line: 1 });
  });

  test("a map at any depth is an object of its own, whose name is the way to it", () => {
    const { after } = objects(`M ingress-nginx/values.yaml
  controller:
-   replicaCount: 2
+   replicaCount: 3
  defaultBackend:
    replicaCount: 1`);
    expect(told(after)).toEqual({
      "Deployment/ingress-nginx.controller ingress-nginx/values.yaml": { replicas: 3, template: [] },
    });
  });

  test("what stands in a list goes by its name, so its place in the list does not matter", () => {
    const change = `M apps/values-production.yaml
  apps:
-   - { name: a, helmValues: { appResources: { limits: { memory: 1Gi } } } }
-   - { name: b, helmValues: { replicaCount: 2 } }
+   - { name: b, helmValues: { replicaCount: 2 } }
+   - { name: a, helmValues: { appResources: { limits: { memory: 8Gi } } } }`;
    expect(told(objects(change).after)).toEqual({
      "Deployment/apps.apps.a.helmValues.app apps/values-production.yaml": {
        template: { spec: { containers: [{ name: "app", resources: { limits: { memory: "8Gi" } } }] } },
      },
    });
  });

  test("autoscaling scales the workload of its map, a budget and claims stand beside it", () => {
    const { after } = objects(`M web/values.yaml
  server:
    autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 100, targetCPUUtilizationPercentage: 80 }
    podDisruptionBudget: { minAvailable: 1 }
-   persistence: { size: 8Gi }
+   persistence: { size: 80Gi, storageClass: fast }`);
    expect(told(after)).toEqual({
      "PersistentVolumeClaim/web.server.persistence web/values.yaml": {
        resources: { requests: { storage: "80Gi" } },
        storageClassName: "fast",
      },
    });
    const grown = objects(`M web/values.yaml
  server:
    replicaCount: 2
    autoscaling:
-     { enabled: true, minReplicas: 2, maxReplicas: 10, targetCPUUtilizationPercentage: 80 }
+     { enabled: true, minReplicas: 2, maxReplicas: 100, targetCPUUtilizationPercentage: 80 }`);
    expect(told(grown.after)).toEqual({
      "Deployment/web.server web/values.yaml": { replicas: 2, template: [] },
      "HorizontalPodAutoscaler/web.server web/values.yaml": {
        minReplicas: 2,
        maxReplicas: 100,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
        ],
        scaleTargetRef: { kind: "Deployment", name: "web.server" },
      },
    });
  });

  test("app-template: containers by name, probes within `spec`, volumes by name", () => {
    const { after } = objects(`M apps/media/helmrelease.yaml
  apiVersion: helm.toolkit.fluxcd.io/v2
  kind: HelmRelease
  metadata: { name: media, namespace: home }
  spec:
    values:
      controllers:
        media:
          type: statefulset
          containers:
            app:
              image: { repository: acme/media, tag: "2" }
              probes:
                liveness:
                  enabled: true
                  spec:
-                   failureThreshold: 5
+                   failureThreshold: 1
                readiness: { enabled: false, spec: { periodSeconds: 1 } }
      persistence:
        config:
-         size: 20Gi
+         size: 5Gi
        tmp: { type: emptyDir, size: 1Gi }`);
    expect(told(after)).toEqual({
      "StatefulSet/media.controllers.media apps/media/helmrelease.yaml": {
        template: {
          spec: {
            containers: [{ name: "app", image: "acme/media:2", livenessProbe: { failureThreshold: 1 } }],
          },
        },
      },
      "PersistentVolumeClaim/media.persistence.config apps/media/helmrelease.yaml": {
        resources: { requests: { storage: "5Gi" } },
      },
    });
    expect(after.map(({ namespace }) => namespace)).toEqual(["home", "home"]);
  });

  test("values as text in an Application stand at their own lines", () => {
    const { after } = objects(`M apps/redis.yaml
  apiVersion: argoproj.io/v1alpha1
  kind: Application
  metadata: { name: redis }
  spec:
    source:
      repoURL: https://charts.example
      chart: redis
      helm:
        values: |
          replica:
-           replicaCount: 3
+           replicaCount: 30`);
    expect(told(after)).toEqual({ "Deployment/redis.replica apps/redis.yaml": { replicas: 30, template: [] } });
    expect(after[0]?.root.at("spec", "replicas")?.place).toMatchObject({ line: 11, column: 25 });
  });

  test("no object: what is switched off, copies of data, whole objects, files that hold no values", () => {
    const silent = [
      "M web/values.yaml\n  worker:\n    enabled: false\n-   replicaCount: 1\n+   replicaCount: 9",
      "M kafka/values.yaml\n  topics:\n    - name: orders\n-     replicas: 1\n+     replicas: 3",
      "M web/values.yaml\n  extra:\n    apiVersion: apps/v1\n    kind: Deployment\n-   replicas: 1\n+   replicas: 3",
      "M web/values.yaml\n  server:\n-   { persistence: { size: 1Gi, existingClaim: data } }\n+   { persistence: { size: 2Gi, existingClaim: data } }",
      "M compose.yaml\n  web:\n-   replicas: 1\n+   replicas: 3",
      "M environments/prod.yaml\n  web:\n-   replicas: 1\n+   replicas: 3",
    ];
    for (const change of silent) expect({ change, told: told(objects(change).after) }).toEqual({ change, told: {} });
  });

  test("the same values in another order or form change nothing", () => {
    const change = `M web/values.yaml
- replicaCount: 2
- resources: { limits: { memory: 1Gi } }
+ resources:
+   limits:
+     memory: 1Gi
+ replicaCount: 2`;
    expect(objects(change)).toEqual({ before: [], after: [] });
  });
});

describe("values lie over the defaults of their chart", () => {
  const defaults = `${chart}= charts/web/values.yaml
  replicaCount: 2
  resources: { limits: { memory: 512Mi } }
`;

  test("a key that an overlay sets first is compared with the default, where that stands", () => {
    const { before, after } = objects(`${defaults}M charts/web/values-production.yaml
  ingress: { enabled: true }
+ replicaCount: 40`);
    expect(told(before)).toEqual({
      "Deployment/web charts/web/values-production.yaml": {
        replicas: 2,
        template: { spec: { containers: [{ name: "main", resources: { limits: { memory: "512Mi" } } }] } },
      },
    });
    expect(before[0]?.root.at("spec", "replicas")?.place).toMatchObject({
      path: "charts/web/values.yaml",
      side: "base",
      line: 1,
    });
    expect(after[0]?.root.at("spec", "replicas")?.scalar).toBe(40);
  });

  test("a key that an overlay no longer sets falls back to the default", () => {
    const { after } = objects(`${defaults}M charts/web/values-production.yaml
  ingress: { enabled: true }
- replicaCount: 40`);
    expect(after[0]?.root.at("spec", "replicas")).toMatchObject({
      scalar: 2,
      place: { path: "charts/web/values.yaml" },
    });
  });

  test("null takes a default away, a list takes its place", () => {
    const { after } = objects(`${defaults}M charts/web/values-production.yaml
- resources: {}
+ resources: null
  tolerations: []`);
    expect(told(after)).toEqual({
      "Deployment/web charts/web/values-production.yaml": { replicas: 2, template: { spec: { tolerations: [], containers: [{ name: "main" }] } } },
    });
  });

  test("a default that changes is shown once, as the chart's own", () => {
    const { after } = objects(`${chart}M charts/web/values.yaml
- replicaCount: 2
+ replicaCount: 40
= charts/web/values-production.yaml
  ingress: { enabled: true }
= charts/web/values-staging.yaml
  replicaCount: 1`);
    expect(Object.keys(told(after))).toEqual(["Deployment/web charts/web/values.yaml"]);
  });

  test("a chart within a chart has its values under its name or alias", () => {
    const { before } = objects(`= shop/Chart.yaml
  name: shop
  dependencies:
    - { name: cache, alias: sessions, repository: "file://../cache" }
= cache/Chart.yaml
  name: cache
= cache/values.yaml
  replicaCount: 3
= shop/charts/search/Chart.yaml
  name: search
= shop/charts/search/values.yaml
  replicaCount: 5
M shop/values.yaml
+ sessions: { replicaCount: 30 }
+ search: { replicaCount: 50 }
  global: {}`);
    expect(told(before)).toMatchObject({
      "Deployment/shop.sessions shop/values.yaml": { replicas: 3 },
      "Deployment/shop.search shop/values.yaml": { replicas: 5 },
    });
  });

  test("files that an Application names lie over each other in its order, wherever they are", () => {
    const { before } = objects(`${defaults}= apps/web.yaml
  apiVersion: argoproj.io/v1alpha1
  kind: Application
  metadata: { name: web }
  spec:
    source:
      repoURL: https://git.example/acme/shop
      path: charts/web
      helm:
        valueFiles: [../../settings/common.yaml, ../../settings/live.yaml]
= settings/common.yaml
  replicaCount: 7
M settings/live.yaml
  a: 1
+ replicaCount: 70`);
    expect(told(before)).toMatchObject({ "Deployment/web settings/live.yaml": { replicas: 7 } });
  });
});

describe("what is not stated any more", () => {
  test("goes back to what the chart has, and is not gone", () => {
    const { after } = objects(`M redis/values.yaml
  auth: { enabled: true }
- replica:
-   persistence: { size: 20Gi }`);
    expect(told(after)).toEqual({ "PersistentVolumeClaim/redis.replica.persistence redis/values.yaml": null });
  });

  test("is gone where it is switched off, or stands for a claim that exists", () => {
    const off = `M redis/values.yaml
  replica:
-   persistence: { enabled: true, size: 20Gi }
+   persistence: { enabled: false, size: 20Gi }`;
    const taken = off.replace("enabled: false, size: 20Gi", "existingClaim: old");
    for (const change of [off, taken]) {
      const { before, after } = objects(change);
      expect(before).toHaveLength(1);
      expect(after).toHaveLength(0);
    }
    const { before } = chartObjects(reversed(parseExample(off).change), tools);
    expect(before.objects).toHaveLength(0);
  });

  test("a file that cannot be read has no objects, and no object is made up for it", () => {
    const { before, after } = objects("M web/values.yaml\n- replicaCount: 1\n+ replicaCount: {{ .Values.n }}\n+ : [");
    expect(told(before)).toEqual({ "Deployment/web web/values.yaml": { replicas: 1, template: [] } });
    expect(after).toEqual([]);
  });
});
