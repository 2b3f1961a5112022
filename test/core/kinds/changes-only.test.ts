import { describe, expect, test } from "vitest";
import type { ChangedFile, ChangeSet, FileVersion } from "../../../src/core/change/change-set.ts";
import { changesOnly } from "../../../src/core/kinds/kubernetes.ts";
import { kubernetes } from "../../../src/core/views/kubernetes.ts";
import { sha256 } from "../../../src/lib/digest.ts";

function version(text: string): FileVersion {
  return { mode: "100644", sha: sha256(text).slice(0, 40), content: { kind: "text", text } };
}

function modified(path: string, before: string, after: string): ChangedFile {
  return { path, status: "modified", before: version(before), after: version(after) };
}

function only(files: readonly ChangedFile[], path: string): boolean {
  const change: ChangeSet = { files };
  const { view, gaps } = kubernetes(change, { memo: (_, compute) => compute() });
  expect(gaps).toEqual([]);
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw new Error(`No file ${path}`);
  return changesOnly(file, view, ["image"]);
}

const base = (tag: string, remark: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  # ${remark}
  template: { spec: { containers: [ { name: api, image: "acme/api:${tag}" } ] } }
`;
const overlay = (tag: string): string => `resources:
  - ../../base
images:
  - name: acme/api
    newTag: "${tag}"
`;

describe("a manifest that changes only its image", () => {
  const kustomization = modified("k8s/base/kustomization.yaml", "resources: [api.yaml]\n", "resources: [api.yaml]\n");

  test("does so where every line of the change holds one", () => {
    expect(only([modified("k8s/api.yaml", base("1", "a"), base("2", "a"))], "k8s/api.yaml")).toBe(true);
    expect(only([modified("k8s/api.yaml", base("1", "a"), base("2", "b"))], "k8s/api.yaml")).toBe(false);
  });

  test("is not told by a line of the same number in another file that is part of the object", () => {
    const files = [
      modified("k8s/base/api.yaml", base("0", "a"), base("0", "b")),
      { ...kustomization, status: "unchanged" as const },
      modified("k8s/overlays/production/kustomization.yaml", overlay("1"), overlay("2")),
    ];
    expect(only(files, "k8s/overlays/production/kustomization.yaml")).toBe(true);
    expect(only(files, "k8s/base/api.yaml"), "a remark is no image, whatever stands in line 5 of the overlay").toBe(
      false,
    );
  });
});
