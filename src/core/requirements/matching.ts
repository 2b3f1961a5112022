/** Something that a number of people must meet, and who could. */
export interface Seats {
  readonly need: number;
  /** Ids of people. */
  readonly candidates: readonly number[];
}

/**
 * Gives every person at most one requirement, so that as many seats as can be are taken (augmenting paths: nobody who sits keeps another
 * one from sitting who could sit nowhere else). For each requirement, in their order, who meets it.
 */
export function seat(requirements: readonly Seats[]): readonly (readonly number[])[] {
  const seats = requirements.flatMap(({ need, candidates }, requirement) =>
    Array.from({ length: Math.min(need, candidates.length) }, () => ({ requirement, candidates })),
  );
  const seatOf = new Map<number, number>();
  const take = (seatIndex: number, tried: Set<number>): boolean => {
    for (const person of seats[seatIndex]?.candidates ?? []) {
      if (tried.has(person)) continue;
      tried.add(person);
      const occupied = seatOf.get(person);
      if (occupied !== undefined && !take(occupied, tried)) continue;
      seatOf.set(person, seatIndex);
      return true;
    }
    return false;
  };
  for (const index of seats.keys()) take(index, new Set());
  return requirements.map((_, requirement) =>
    [...seatOf].flatMap(([person, index]) => (seats[index]?.requirement === requirement ? [person] : [])),
  );
}
