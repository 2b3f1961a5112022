// What is judged on what would land, and what on what was written, once the base has moved.
import { expect, test } from "vitest";
import type { ChangedFile } from "../../../src/core/change/change-set.ts";
import { changeOf, factsOf, file } from "../facts.ts";
import { deployment, judge, repository } from "./changes.ts";

const rulesOf = (written: readonly ChangedFile[], landing: readonly ChangedFile[] | null, policy = "") => {
  const facts = factsOf({
    change: changeOf(...written),
    landing: landing === null ? null : changeOf(...landing),
  });
  return judge(facts, policy === "" ? [] : [repository(policy)]);
};
const found = (...given: Parameters<typeof rulesOf>) => rulesOf(...given).findings.map(({ rule }) => rule);

const path = "k8s/staging/a.yaml";
const eager = file(path, deployment("a"), deployment("a", { failures: "1" }));
const image = file(path, deployment("a"), deployment("a", { image: "a:2" }));

test("values are those of the merge result: what the base makes wrong is found, what it made right is not", () => {
  expect(found([image], null)).not.toContain("k8s-liveness-too-eager");
  expect(found([image], [eager])).toContain("k8s-liveness-too-eager");
  expect(found([eager], null)).toContain("k8s-liveness-too-eager");
  expect(found([eager], [image])).not.toContain("k8s-liveness-too-eager");
});

test("paths are those that were written and those that would land: a merge that follows a rename hides nothing", () => {
  const forbidden = 'forbidden: ["locked/**"]\n';
  const locked = file("locked/a.txt", "1\n", "2\n");
  const free = file("free/a.txt", "1\n", "2\n");
  expect(found([free], null, forbidden)).not.toContain("forbidden-path-touched");
  expect(found([locked], [], forbidden)).toContain("forbidden-path-touched");
  expect(found([free], [locked], forbidden)).toContain("forbidden-path-touched");
});

test("reach is that of both", () => {
  const production = file("k8s/production/a.yaml", deployment("a"), deployment("a", { image: "a:2" }));
  const reached = (written: readonly ChangedFile[], landing: readonly ChangedFile[]) =>
    rulesOf(written, landing).reach.map((each) => each.path);
  expect(reached([image], [production])).toEqual([production.path, path]);
  expect(reached([production], [])).toEqual([production.path]);
});

test("sizes are those of what was written", () => {
  const grown = file("README.md", "1\n", "1\n2\n3\n");
  expect(rulesOf([file("README.md", "1\n", "1\n2\n")], [grown]).files).toEqual({
    changed: 1,
    additions: 1,
    deletions: 0,
  });
});

test("findings point into the head, where the base has put lines above them", () => {
  const above = "# a comment of the base\n# and another\n";
  const landing = file(path, above + deployment("a"), above + deployment("a", { failures: "1" }));
  const placeOf = (given: ChangedFile | null) =>
    rulesOf([eager], given === null ? null : [given]).findings.find(({ rule }) => rule === "k8s-liveness-too-eager")
      ?.place;
  expect(placeOf(null)?.line).toBeGreaterThan(1);
  expect(placeOf(landing)).toEqual(placeOf(null));
});

test("evidence for a kind points into the head as well", () => {
  const scaled = (above: string) => file(path, above + deployment("a"), above + deployment("a", { replicas: "9" }));
  const lineOf = (landing: ChangedFile | null) =>
    rulesOf([scaled("")], landing === null ? null : [landing]).kinds.find(({ kind }) => kind === "scale")?.line;
  expect(lineOf(null)).toBeGreaterThan(1);
  expect(lineOf(scaled("# a comment of the base\n# and another\n"))).toBe(lineOf(null));
});

test("a fix is offered where the merge leaves the file as the head has it, and not where it does not", () => {
  const fixOf = (landing: ChangedFile | null) =>
    rulesOf([eager], landing === null ? null : [landing]).findings.find(({ rule }) => rule === "k8s-liveness-too-eager")
      ?.fix;
  expect(fixOf(null)?.after.clears).toHaveLength(1);
  expect(fixOf(eager)).toEqual(fixOf(null));
  const above = "# a comment of the base\n";
  expect(fixOf(file(path, above + deployment("a"), above + deployment("a", { failures: "1" })))).toBeNull();
});
