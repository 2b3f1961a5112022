import { expect, test } from "vitest";
import { Remembered } from "../../../../src/adapters/github/facts/remembered.ts";

test("what was used last is kept, up to the limit by weight", () => {
  const kept = new Remembered<string>(6, (value) => value.length);
  kept.set("a", "aa");
  kept.set("b", "bb");
  kept.set("c", "cc");
  expect(kept.get("a")).toBe("aa");
  kept.set("d", "dd");
  expect(["a", "b", "c", "d"].map((key) => kept.get(key))).toEqual(["aa", undefined, "cc", "dd"]);
});

test("a value over the limit is not kept, and forgetting it makes room again", () => {
  const kept = new Remembered<string>(3, (value) => value.length);
  kept.set("large", "xxxxxxxx");
  expect(kept.get("large")).toBeUndefined();
  kept.set("small", "xxx");
  expect(kept.get("small")).toBe("xxx");
});
