/** What the world does to the loop. `truths`: for each pull request, its verdicts over time. */
export interface World {
  readonly truths: readonly (readonly number[])[];
  /** Leases that end although their holder lives: it was paused, or slow. */
  readonly earlyEnds: number;
  readonly crashes: number;
  /** Requests whose answer does not come: the instance gives up, the request may still arrive. */
  readonly lostAnswers: number;
  /** Webhooks of these pull requests never arrive. */
  readonly deaf: readonly number[];
  /** Webhooks about our own check runs never arrive. */
  readonly losesEchoes: boolean;
}

export const NOTHING = -1;

interface Row {
  wanted: number;
  due: boolean;
  lease: number;
  leased: boolean;
  judged: number;
}

export interface Look {
  at: "claimed" | "judged" | "locked" | "decided" | "read" | "sent" | "answered" | "published";
  of: number;
  lease: number;
  wanted: number;
  saw: number;
  says: number;
  stood: number;
}

interface Sent {
  of: number;
  lease: number;
  says: number;
}

export interface State {
  /** How far each pull request's truth has come. */
  now: number[];
  hooks: number[];
  rows: Row[];
  looks: (Look | null)[];
  /** The look that holds the head's lock, by its subject and lease: it may have crashed since. */
  lockedBy: { of: number; lease: number } | null;
  onTheWay: Sent[];
  shown: number;
  echoes: { of: number; lease: number }[];
  earlyEnds: number;
  crashes: number;
  lostAnswers: number;
}

/** Everything was opened and marked, nothing was looked at. A deaf pull request was never marked. */
export function startOf(world: World): State {
  return {
    now: world.truths.map(() => 0),
    hooks: world.truths.map(() => 0),
    rows: world.truths.map((_, of) => {
      const heard = !world.deaf.includes(of);
      return { wanted: heard ? 1 : 0, due: heard, lease: 0, leased: false, judged: NOTHING };
    }),
    looks: [null, null],
    lockedBy: null,
    onTheWay: [],
    shown: NOTHING,
    echoes: [],
    earlyEnds: world.earlyEnds,
    crashes: world.crashes,
    lostAnswers: world.lostAnswers,
  };
}

/**
 * At an end nothing may be left undone, and the check run must show the worst of what is true. On the way it must not be milder than
 * every truth that ever was: that is the green of a sibling whose other was not looked at.
 */
export function faultOf(state: State, isEnd: boolean, world: World): string | null {
  const mildest = Math.max(...world.truths.map((truths) => Math.min(...truths)));
  if (state.shown !== NOTHING && state.shown < Math.min(mildest, HOLD))
    return `the check run shows ${state.shown}, which was never true`;
  if (!isEnd) return null;
  if (state.rows.some((row) => row.due || row.leased) || state.looks.some((look) => look !== null))
    return "work is left undone";
  const truth = Math.max(...world.truths.map((truths, of) => truths[state.now[of] ?? 0] ?? NOTHING));
  return state.shown === truth ? null : `the check run shows ${state.shown}, the truth is ${truth}`;
}

/**
 * Equal for states that no step can tell apart: marks matter only in whether their number still matches, leases only in their order,
 * and the two instances are alike.
 */
export function keyOf(state: State): string {
  const leases = state.rows.map((row, of) => {
    const numbered = [row, ...state.looks, state.lockedBy, ...state.onTheWay, ...state.echoes];
    const ofThis = numbered.filter((one) => one !== null && (one === row || ("of" in one && one.of === of)));
    return [...new Set(ofThis.map((one) => one?.lease ?? NOTHING))].toSorted((a, b) => a - b);
  });
  const rank = (one: { readonly of: number; readonly lease: number }): string =>
    `${one.of}@${leases[one.of]?.indexOf(one.lease)}`;
  const rows = state.rows.map(
    (row, of) => `${rank({ of, lease: row.lease })}${row.due ? "d" : ""}${row.leased ? "l" : ""}${row.judged}`,
  );
  const looks = state.looks.map((look) => {
    if (look === null) return "";
    const matches = look.wanted === state.rows[look.of]?.wanted ? "=" : "";
    return `${look.at}${rank(look)}${matches}${look.saw},${look.says},${look.stood}`;
  });
  return [
    state.now,
    state.hooks,
    rows,
    looks.sort(),
    state.lockedBy === null ? "" : rank(state.lockedBy),
    state.onTheWay.map((sent) => `${rank(sent)}:${sent.says}`).sort(),
    state.shown,
    state.echoes.map(rank).sort(),
    state.earlyEnds,
    state.crashes,
    state.lostAnswers,
  ].join("|");
}

export function changed(state: State, change: (copy: State) => void): State {
  const copy: State = {
    ...state,
    now: [...state.now],
    hooks: [...state.hooks],
    rows: state.rows.map((row) => ({ ...row })),
    looks: state.looks.map((look) => (look === null ? null : { ...look })),
    lockedBy: state.lockedBy === null ? null : { ...state.lockedBy },
    onTheWay: state.onTheWay.map((sent) => ({ ...sent })),
    echoes: state.echoes.map((echo) => ({ ...echo })),
  };
  change(copy);
  return copy;
}

export function mark(state: State, of: number): void {
  const row = state.rows[of]!;
  row.wanted++;
  row.due = true;
}

export function holds(state: State, look: { readonly of: number; readonly lease: number }): boolean {
  const row = state.rows[look.of]!;
  return row.leased && row.lease === look.lease;
}

/** Of an unjudged sibling: between the mild verdict 0 and the severe 2 of the worlds with siblings. */
export const HOLD = 1;
