import { changed, HOLD, holds, type Look, mark, NOTHING, type State, type World } from "./state.ts";

/**
 * The reconcile loop as a machine of small steps: two instances, one or two pull requests that share a head and a base, requests that
 * are on the way, leases that end early, and crashes. Verdicts are numbers; the check run must end on the worst of the current truths.
 * Each step names the code that it stands for. Time is left out: whatever may happen next may happen at any moment.
 */
export interface Protocol {
  /** WorkQueue.settle keeps a subject due that was marked since the claim. Without: a flag, cleared at settle. */
  readonly countsMarks: boolean;
  /** WorkQueue.settle is refused when the lease has a higher number or is over. "number": when it has a higher number only. */
  readonly fencesSettle: "number and time" | "number" | "no";
  /** A refused settle marks its subject. */
  readonly marksWhenRefused: boolean;
  /** `ownRunMark`: a check run of ours with an older lease marks its subject. */
  readonly marksOnOwnRun: boolean;
  /** `underLock`: from reading the siblings' judgements to the answer. */
  readonly locksHead: boolean;
  /** `publishEvaluation` records the judgement before it sends. Without: WorkQueue.settle records it. */
  readonly recordsBeforeSending: boolean;
  /** `share`: a sibling that was not judged counts as `hold`. */
  readonly holdsForUnjudged: boolean;
  /** `publishEvaluation` marks siblings that were not judged. */
  readonly marksUnjudged: boolean;
}

export const protocol: Protocol = {
  countsMarks: true,
  fencesSettle: "number and time",
  marksWhenRefused: true,
  marksOnOwnRun: true,
  locksHead: true,
  recordsBeforeSending: true,
  holdsForUnjudged: true,
  marksUnjudged: true,
};

type Step = readonly [label: string, next: State];

/** All that may happen next. */
export function* stepsOf(state: State, world: World, follows: Protocol): Generator<Step> {
  yield* worldSteps(state, world, follows);
  for (const instance of [0, 1]) {
    const look = state.looks[instance] ?? null;
    if (look === null) yield* claims(state, instance);
    else {
      yield* lookSteps(state, instance, look, world, follows);
      yield* mishaps(state, instance, look, follows);
    }
  }
}

/** The pull requests, GitHub, and the database's clock. */
function* worldSteps(state: State, world: World, follows: Protocol): Generator<Step> {
  for (const [of, truths] of world.truths.entries()) {
    if (state.now[of]! < truths.length - 1) {
      yield [
        `${of} becomes ${truths[state.now[of]! + 1]}`,
        changed(state, (next) => {
          next.now[of]!++;
          if (!world.deaf.includes(of)) next.hooks[of]!++;
        }),
      ];
    }
    if (state.hooks[of]! > 0) {
      // WorkQueue.receive
      yield [
        `webhook of ${of}`,
        changed(state, (next) => {
          next.hooks[of]!--;
          mark(next, of);
        }),
      ];
    }
    const row = state.rows[of]!;
    const alive = state.looks.some((look) => look?.of === of && look.lease === row.lease);
    if (row.leased && (!alive || state.earlyEnds > 0)) {
      yield [
        `lease ${row.lease} of ${of} ends`,
        changed(state, (next) => {
          next.rows[of]!.leased = false;
          if (alive) next.earlyEnds--;
        }),
      ];
    }
  }
  // The lock is asked for after the claim and for as long: it never ends before the lease does.
  if (state.lockedBy !== null && !holds(state, state.lockedBy)) {
    yield [
      "lock ends",
      changed(state, (next) => {
        next.lockedBy = null;
      }),
    ];
  }
  for (const [index, sent] of state.onTheWay.entries()) {
    yield [
      `GitHub takes ${sent.says} from ${sent.of}@${sent.lease}`,
      changed(state, (next) => {
        next.onTheWay.splice(index, 1);
        next.shown = sent.says;
        if (!world.losesEchoes) next.echoes.push({ of: sent.of, lease: sent.lease });
        const sender = next.looks.find(
          (look) => look?.at === "sent" && look.of === sent.of && look.lease === sent.lease,
        );
        if (sender !== undefined && sender !== null) sender.at = "answered";
      }),
    ];
  }
  for (const [index, echo] of state.echoes.entries()) {
    // WorkQueue.receive with a mark of `ownRunMark`
    yield [
      `echo of ${echo.of}@${echo.lease}`,
      changed(state, (next) => {
        next.echoes.splice(index, 1);
        if (follows.marksOnOwnRun && next.rows[echo.of]!.lease > echo.lease) mark(next, echo.of);
      }),
    ];
  }
}

/** WorkQueue.claim */
function* claims(state: State, instance: number): Generator<Step> {
  for (const [of, row] of state.rows.entries()) {
    if (!row.due || row.leased) continue;
    yield [
      `${instance} claims ${of}`,
      changed(state, (next) => {
        const taken = next.rows[of]!;
        taken.leased = true;
        taken.lease++;
        const { lease, wanted } = taken;
        next.looks[instance] = { at: "claimed", of, lease, wanted, saw: NOTHING, says: NOTHING, stood: NOTHING };
      }),
    ];
  }
}

/** The next step of a look that goes well. */
function* lookSteps(state: State, instance: number, look: Look, world: World, follows: Protocol): Generator<Step> {
  const step = (label: string, change: (next: State, mine: Look) => void): Step => [
    `${instance} ${label}`,
    changed(state, (next) => {
      change(next, next.looks[instance]!);
    }),
  ];
  switch (look.at) {
    case "claimed": {
      // FactSource.collect and Evaluator.evaluate
      const saw = world.truths[look.of]![state.now[look.of]!]!;
      yield step(`judges ${look.of} to be ${saw}`, (_, mine) => {
        mine.at = "judged";
        mine.saw = saw;
      });
      return;
    }
    case "judged":
      // Locks.withLock
      if (follows.locksHead && state.lockedBy !== null) return;
      yield step("locks the head", (next, mine) => {
        if (follows.locksHead) next.lockedBy = { of: mine.of, lease: mine.lease };
        mine.at = "locked";
      });
      return;
    case "locked":
      // publishEvaluation: Judgements.record, refused without the lease; Judgements.at; share
      if (follows.recordsBeforeSending && !holds(state, look)) {
        yield step("may not record", (next) => {
          giveUp(next, instance, follows);
        });
        return;
      }
      yield step("records, and reads the siblings", (next, mine) => {
        if (follows.recordsBeforeSending) next.rows[look.of]!.judged = look.saw;
        mine.says = look.saw;
        for (const [of, row] of next.rows.entries()) {
          if (of === look.of) continue;
          if (row.judged === NOTHING && follows.marksUnjudged) mark(next, of);
          if (row.judged === NOTHING) mine.says = Math.max(mine.says, follows.holdsForUnjudged ? HOLD : NOTHING);
          mine.says = Math.max(mine.says, row.judged);
        }
        mine.at = "decided";
      });
      return;
    case "decided":
      // Publisher.publish reads what stands
      yield step(`reads that ${state.shown} stands`, (next, mine) => {
        mine.stood = next.shown;
        mine.at = "read";
      });
      return;
    case "read":
      // Publisher.publish writes only what differs
      yield step(look.stood === look.says ? `leaves ${look.says} standing` : `sends ${look.says}`, (next, mine) => {
        if (mine.stood !== mine.says) next.onTheWay.push({ of: mine.of, lease: mine.lease, says: mine.says });
        mine.at = mine.stood === mine.says ? "answered" : "sent";
        // What no later step reads is dropped, so that fewer states differ.
        mine.says = NOTHING;
        mine.stood = NOTHING;
        if (follows.recordsBeforeSending) mine.saw = NOTHING;
      });
      return;
    case "sent":
      return;
    case "answered":
      yield step("releases the head", (next, mine) => {
        unlock(next, look);
        mine.at = "published";
      });
      return;
    case "published":
      yield step("settles", (next) => {
        next.looks[instance] = null;
        settle(next, look, follows);
      });
  }
}

function settle(state: State, look: Look, follows: Protocol): void {
  const row = state.rows[look.of]!;
  const mayRest = {
    "number and time": row.lease === look.lease && row.leased,
    number: row.lease === look.lease,
    no: true,
  }[follows.fencesSettle];
  if (!mayRest) {
    if (follows.marksWhenRefused) mark(state, look.of);
    return;
  }
  if (!follows.recordsBeforeSending) row.judged = look.saw;
  row.leased = false;
  row.due = follows.countsMarks && row.wanted !== look.wanted;
}

/** WorkQueue.postpone: the subject stays due; refused, it is marked. */
function giveUp(state: State, instance: number, follows: Protocol): void {
  const look = state.looks[instance]!;
  unlock(state, look);
  state.looks[instance] = null;
  if (holds(state, look)) state.rows[look.of]!.leased = false;
  else if (follows.marksWhenRefused) mark(state, look.of);
}

function unlock(state: State, look: Look): void {
  if (state.lockedBy?.of === look.of && state.lockedBy.lease === look.lease) state.lockedBy = null;
}

function* mishaps(state: State, instance: number, look: Look, follows: Protocol): Generator<Step> {
  if (state.crashes > 0) {
    yield [
      `${instance} crashes when ${look.at}`,
      changed(state, (next) => {
        next.crashes--;
        next.looks[instance] = null;
      }),
    ];
  }
  if (look.at === "sent" && state.lostAnswers > 0) {
    yield [
      `${instance} gives up waiting`,
      changed(state, (next) => {
        next.lostAnswers--;
        giveUp(next, instance, follows);
      }),
    ];
  }
}
