import { describe, expect, test } from "vitest";
import { isEarlier, isFloating, readImage, versionOf } from "../../../src/core/kubernetes/images.ts";

describe("the name of an image", () => {
  test.each([
    ["nginx", { registry: "docker.io", owner: "library", name: "nginx", tag: null, digest: null }],
    ["acme/api:1.2", { registry: "docker.io", owner: "acme", name: "api", tag: "1.2" }],
    ["localhost:5000/api:dev", { registry: "localhost:5000", owner: "", name: "api", tag: "dev" }],
    ["registry.example/a/b/c@sha256:" + "0a".repeat(32), { registry: "registry.example", owner: "a/b", name: "c" }],
    ["index.docker.io/library/nginx:1", { registry: "docker.io", owner: "library" }],
    ["k8s.gcr.io/pause:3.9", { registry: "registry.k8s.io", owner: "", name: "pause" }],
  ])("%s is read", (written, expected) => {
    expect(readImage(written)).toMatchObject(expected);
  });

  test.each([
    "",
    "${IMAGE}",
    "{{ .Values.image }}",
    "Upper/Case:1",
    "api:",
    "api@sha256:xyz",
    "a b",
    `a${"/a".repeat(300)}`,
  ])("%s is none", (written) => {
    expect(readImage(written)).toBeNull();
  });

  test.each([
    ["api", true],
    ["api:latest", true],
    ["api:1", false],
    [`api:latest@sha256:${"0a".repeat(32)}`, false],
  ])("%s moves: %s", (written, expected) => {
    const image = readImage(written);
    expect(image !== null && isFloating(image)).toBe(expected);
  });
});

describe("versions", () => {
  test.each([
    ["1.24.3-alpine", [1, 24, 3]],
    ["v2.0", [2, 0]],
    ["16", [16]],
    ["20260131", null],
    ["9f2c4e1", null],
    ["stable", null],
  ])("the numbers of %s", (tag, expected) => {
    expect(versionOf(tag)).toEqual(expected);
  });

  test.each([
    ["1.9.3", "1.10.0", true],
    ["1.10.0", "1.9.3", false],
    ["1.24", "1.24.3", false],
    ["1.24.3", "1.24", false],
    ["15.8", "16.4", true],
  ])("%s comes before %s: %s", (a, b, expected) => {
    expect(isEarlier(versionOf(a) ?? [], versionOf(b) ?? [])).toBe(expected);
  });
});
