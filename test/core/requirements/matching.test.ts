import fc from "fast-check";
import { expect, test } from "vitest";
import { seat, type Seats } from "../../../src/core/requirements/matching.ts";

const some: fc.Arbitrary<readonly Seats[]> = fc.array(
  fc.record({ need: fc.nat(3), candidates: fc.uniqueArray(fc.nat(5), { maxLength: 5 }) }),
  { maxLength: 3 },
);
const taken = (given: readonly Seats[]): number => seat(given).flat().length;

/** The most seats that can be taken, by trying everything: each person on each requirement or on none. */
function most(given: readonly Seats[], people: readonly number[] = [0, 1, 2, 3, 4, 5]): number {
  const [person, ...rest] = people;
  if (person === undefined) return 0;
  const sitting = given.flatMap(({ need, candidates }, index) =>
    need > 0 && candidates.includes(person)
      ? [
          1 +
            most(
              given.map((one, i) => (i === index ? { ...one, need: one.need - 1 } : one)),
              rest,
            ),
        ]
      : [],
  );
  return Math.max(most(given, rest), ...sitting);
}

test("a person who could meet two requirements is left to the one that nobody else can meet", () => {
  const given = [
    { need: 1, candidates: [1, 2] },
    { need: 1, candidates: [1] },
  ];
  expect(seat(given)).toEqual([[2], [1]]);
  expect(seat(given.toReversed())).toEqual([[1], [2]]);
});

test("as many seats are taken as there is any way to take", () => {
  fc.assert(
    fc.property(some, (given) => {
      expect(taken(given)).toBe(most(given));
    }),
  );
});

test("nobody sits twice, where they may not, or beyond the need", () => {
  fc.assert(
    fc.property(some, (given) => {
      const seated = seat(given);
      expect(new Set(seated.flat()).size).toBe(seated.flat().length);
      for (const [index, { need, candidates }] of given.entries()) {
        expect(seated[index]?.length).toBeLessThanOrEqual(need);
        for (const person of seated[index] ?? []) expect(candidates).toContain(person);
      }
    }),
  );
});

test("one more candidate never leaves more seats empty", () => {
  fc.assert(
    fc.property(some, fc.nat(5), fc.nat(2), (given, person, at) => {
      const more = given.map((one, index) =>
        index === at ? { ...one, candidates: [...new Set([...one.candidates, person])] } : one,
      );
      expect(taken(more)).toBeGreaterThanOrEqual(taken(given));
    }),
  );
});
