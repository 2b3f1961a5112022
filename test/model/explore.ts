/** What exploring a model found. `wrong`: the steps that lead to the first bad state, the shortest way; null: all are good. */
export interface Explored {
  readonly states: number;
  readonly ends: number;
  readonly wrong: { readonly steps: readonly string[]; readonly because: string } | null;
}

/** States beyond this mean that the model does not end by itself. */
const STATES_LIMIT = 2_000_000;

/**
 * Visits every state that can be reached, breadth first. `steps` lists what may happen next; where nothing may, the state is an end.
 * `fault` says what is wrong with a state (null: nothing). States with the same key must be alike in all that follows.
 */
export function explore<State>(
  start: State,
  model: {
    readonly steps: (state: State) => Iterable<readonly [label: string, next: State]>;
    readonly fault: (state: State, isEnd: boolean) => string | null;
    readonly key: (state: State) => string;
  },
): Explored {
  interface Visited {
    readonly state: State;
    readonly label: string;
    readonly from: Visited | null;
  }
  const seen = new Set([model.key(start)]);
  let wave: Visited[] = [{ state: start, label: "start", from: null }];
  let ends = 0;
  while (wave.length > 0) {
    const next: Visited[] = [];
    for (const visited of wave) {
      let isEnd = true;
      for (const [label, state] of model.steps(visited.state)) {
        isEnd = false;
        const key = model.key(state);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push({ state, label, from: visited });
      }
      if (isEnd) ends++;
      const because = model.fault(visited.state, isEnd);
      if (because === null) continue;
      const path: string[] = [];
      for (let at: Visited | null = visited; at !== null; at = at.from) path.unshift(at.label);
      return { states: seen.size, ends, wrong: { steps: path, because } };
    }
    if (seen.size > STATES_LIMIT) throw new Error(`More than ${STATES_LIMIT} states: the model does not end.`);
    wave = next;
  }
  return { states: seen.size, ends, wrong: null };
}
