import { expect, test } from "vitest";
import type { Posture } from "../../../src/core/posture/posture.ts";
import { changeOf, factsOf, file } from "../facts.ts";
import { postureOf, requiring } from "../posture/postures.ts";
import { judge } from "./changes.ts";

const change = changeOf(file("README.md", "one\n", "two\n"));

test.each<[string, Posture]>([
  ["holds", postureOf()],
  ["does not hold", postureOf({ requiring: [] })],
  ["is not known", postureOf({ requiring: [requiring({ bypass: null })] })],
])("whether the gate %s is carried along and changes nothing else", (_, posture) => {
  const told = judge(factsOf({ change, posture }));
  expect(told).toEqual({ ...judge(factsOf({ change })), posture });
});
