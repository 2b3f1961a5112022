// Random screenplays against the oracle of wrong green, then the properties of the algebra with many cases each.
// `npm run fuzz -- [--runs N] [--cases N] [--seed S] [--events N] [--processes N] [--only "watched 17"]`. `--runs 0` or `--cases 0` leaves one out.
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Campaign, type Failure, type Tally, wage } from "../src/sim/fuzz/campaign.ts";
import { playProperties } from "./fuzz-properties.ts";

/** One play in disorder is two plays; so many watched ones go with each. */
const watchedPerDisordered = 20;
const progressMs = 15_000;

interface Message {
  readonly tally: Tally;
  readonly failures: readonly Failure[];
}

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "2000" },
    cases: { type: "string", default: "10000" },
    events: { type: "string", default: "30" },
    seed: { type: "string", default: String(Date.now()) },
    processes: { type: "string", default: String(availableParallelism()) },
    only: { type: "string" },
    share: { type: "string" },
  },
});
const runs = wholeNumber(values.runs);
const events = wholeNumber(values.events);

const cases = wholeNumber(values.cases);

if (values.share !== undefined) await follow(values.share);
else {
  const codes = [runs === 0 ? 0 : await lead()];
  // One screenplay is played again to look at that one.
  if (cases > 0 && values.only === undefined) codes.push(await playProperties(cases, values.seed));
  process.exitCode = Math.max(...codes);
}

/** Shares the plays among processes, and tells what they found. The exit code. */
async function lead(): Promise<number> {
  const processes = values.only === undefined ? Math.min(wholeNumber(values.processes), runs) : 1;
  console.log(`fuzz: seed ${values.seed}, ${runs} plays of at least ${events} events, ${processes} processes`);
  const startMs = performance.now();
  const latest = new Map<number, Message>();
  const tell = (): void => console.log(`fuzz: ${outline([...latest.values()], performance.now() - startMs)}`);
  const progress = setInterval(tell, progressMs);
  const ends = Array.from({ length: processes }, (_, share) => {
    const child = fork(fileURLToPath(import.meta.url), [
      ...process.argv.slice(2),
      "--seed",
      values.seed,
      "--share",
      `${share}/${processes}`,
    ]);
    child.on("message", (message) => latest.set(share, message as Message));
    return new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 70)));
  });
  const codes = await Promise.all(ends);
  clearInterval(progress);
  tell();
  const failures = [...latest.values()].flatMap((message) => message.failures);
  for (const { name, told } of failures) {
    console.log(`\n${told}\nAgain: npm run fuzz -- --seed ${values.seed} --events ${events} --only "${name}"`);
  }
  // A share that died has found nothing, which must not pass for having found nothing wrong.
  return Math.max(...codes, failures.length > 0 ? 1 : 0);
}

async function follow(share: string): Promise<void> {
  const send = (message: Message): void => void process.send?.(message);
  const result = await wage(campaignOf(share), (tally, failures) => send({ tally, failures }));
  send(result);
  process.disconnect?.();
}

function campaignOf(share: string): Campaign {
  const common = { seed: values.seed, events: wholeNumber(values.events) };
  if (values.only !== undefined) {
    const [kind, index] = values.only.split(" ");
    const only = [wholeNumber(index ?? "")];
    return kind === "disordered"
      ? { ...common, watched: [], disordered: only }
      : { ...common, watched: only, disordered: [] };
  }
  const [mine = 0, of = 1] = share.split("/").map(Number);
  const all = Array.from({ length: wholeNumber(values.runs) }, (_, index) => index).filter(
    (index) => index % of === mine,
  );
  return {
    ...common,
    watched: all,
    disordered: all.filter((index) => Math.floor(index / of) % watchedPerDisordered === 0),
  };
}

function outline(messages: readonly Message[], tookMs: number): string {
  const sum = (key: keyof Tally): number => messages.reduce((total, { tally }) => total + tally[key], 0);
  const perSecond = (sum("steps") / (tookMs / 1_000)).toFixed(0);
  const wrong = messages.flatMap(({ failures }) => failures).length;
  return [
    `${sum("plays")} plays, ${sum("steps")} events (${sum("played")} took place), ${sum("greens")} times GitHub would merge,`,
    `${wrong} wrong; ${(tookMs / 1_000).toFixed(0)} s, ${perSecond} events/s`,
  ].join(" ");
}

function wholeNumber(text: string): number {
  if (!/^\d+$/u.test(text)) throw new RangeError(`Cannot read "${text}": a whole number is asked for.`);
  return Number(text);
}
