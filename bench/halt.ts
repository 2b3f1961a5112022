import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { OpenStore } from "../src/adapters/store/open.ts";
import { haltProgress } from "../src/app/halting.ts";
import { operator } from "../src/app/operator.ts";
import { ownRunReference } from "../src/app/own-run.ts";
import type { Claim, Publication, Publisher } from "../src/app/ports.ts";
import { compose, type Composed, type Parts } from "../src/compose.ts";
import { share } from "../src/core/evaluate/siblings.ts";
import type { Subject } from "../src/core/subject.ts";
import { createLog } from "../src/log.ts";
import { realParts } from "../src/parts.ts";
import type { SimApp } from "../src/sim/facade/app.ts";
import type { SimPullRequest } from "../src/sim/facade/pull-request.ts";
import type { SimRepository } from "../src/sim/facade/repository.ts";
import { startGitHub } from "../src/sim/github.ts";

export interface Drill {
  readonly pulls: number;
  /** So many of them, the oldest, have auto-merge armed. */
  readonly armed: number;
  /** From a request to its answer. */
  readonly latencyMs: number;
  /** How many looks go on side by side. */
  readonly atOnce: number;
  /** `in place`: as the service does it. `new runs`: each green is followed by another run, as every other verdict is. */
  readonly how: "in place" | "new runs";
  /** Whether to wait until each was judged anew, which takes hours. */
  readonly untilJudged: boolean;
}

export interface Drilled {
  readonly pulls: number;
  readonly how: Drill["how"];
  /** After the halt, by the clock of the fake GitHub. */
  readonly firstRedMs: number;
  readonly halfRedMs: number;
  /** From then on GitHub lets nothing merge, and every check says that it is halted. */
  readonly allRedMs: number;
  /** From then on every report says all that it has to say; null: it was not waited for. */
  readonly allJudgedMs: number | null;
  /** "N of M still green" as the status tells it, at every minute until none is. */
  readonly stillGreen: readonly string[];
  /** Numbers of the pull requests, in the order in which they were taken back. */
  readonly order: readonly number[];
  /** How many greens were published after the halt. */
  readonly turnedGreen: number;
  /** What GitHub refused because it was asked too fast. */
  readonly refused: number;
}

const manifest = z
  .object({ default_permissions: z.record(z.string(), z.enum(["read", "write"])), default_events: z.array(z.string()) })
  .parse(parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8")));
const minuteMs = 60_000;
const longestMs = 24 * 60 * minuteMs;
/** The least that GitHub gives an installation. */
const requestsPerHour = 5_000;

/** Halts everyone everywhere over so many open green pull requests, on the fake with GitHub's limits and a clock that only requests and waiting move. */
export async function drill({ pulls, armed, latencyMs, atOnce, how, untilJudged }: Drill): Promise<Drilled> {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-drill-"));
  let nowMs = Date.UTC(2026, 2, 2, 9);
  const github = await startGitHub({ clock: { now: () => nowMs } });
  const app = github.app({
    slug: "sallyport",
    permissions: manifest.default_permissions,
    events: manifest.default_events,
  });
  const acme = github.organization("acme");
  const author = github.user("person-a");
  const shop = acme.repository("shop", { files: { "README.md": "# Shop\n" }, people: [[author, "write"]] });
  // Another check is still to come: what is armed and green would have been merged by now.
  shop.protect({ requiredChecks: [{ context: "sallyport", app: app.state }, { context: "ci" }] });
  const installation = app.install(acme.account);
  github.deliveries.hold();
  const opened = Array.from({ length: pulls }, (_, index) => {
    shop.commit(`change-${index}`, { files: { [`docs/${index}.md`]: `Page ${index}.\n` }, by: author });
    return shop.openPullRequest({ head: `change-${index}`, by: author });
  });
  for (const pull of opened.slice(0, armed)) pull.armAutoMerge(author);

  const config = {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: "a secret of the drill",
    enforcer: null,
    store: { kind: "sqlite", path: join(folder, "sallyport.db") },
    host: "127.0.0.1",
    port: 0,
    githubApiUrl: github.url,
    publicUrl: null,
    adminToken: null,
    signalsSecret: null,
    logLevel: "silent",
    helm: null,
  } as const;
  const real = realParts(config);
  const times = new Map<number, number>();
  let haltedMs: number | null = null;
  let turnedGreen = 0;
  const numberOf = new Map(opened.map(({ headSha, number }) => [headSha, number]));
  const watched = (publisher: Publisher): Publisher => ({
    standing: (...given) => publisher.standing(...given),
    unfold: (...given) => publisher.unfold(...given),
    publish: async (publication, signal) => {
      const published = await publisher.publish(how === "new runs" ? asNewRun(publication) : publication, signal);
      const number = numberOf.get(publication.target.headSha);
      if (haltedMs === null || number === undefined) return published;
      if (publication.statement.kind === "halted") times.set(number, nowMs - haltedMs);
      else if (publication.statement.kind === "evaluated" && publication.statement.shared.verdict === "allow")
        turnedGreen += 1;
      return published;
    },
  });
  const parts: Parts = {
    ...real,
    clock: { now: () => nowMs, monotonicMs: () => real.clock.monotonicMs() },
    log: createLog("silent"),
    fetch: async (...given) => {
      const answer = await real.fetch(...given);
      // So many are under way at once: each moves the clock by its share.
      nowMs += latencyMs / atOnce;
      return answer;
    },
    rest: async (ms) => {
      nowMs = Math.ceil(nowMs + ms);
    },
    github: (access) => {
      const { publisher, ...others } = real.github(access);
      return { ...others, publisher: watched(publisher) };
    },
    limits: {
      ...real.limits,
      loop: { ...real.limits.loop, concurrency: atOnce },
    },
  };

  const atWork = async <T>(work: (composed: Composed) => Promise<T>): Promise<T> => {
    const composed = await compose(config, parts);
    try {
      await composed.app.identify(new AbortController().signal);
      return await work(composed);
    } finally {
      await composed.loop.stop();
      await composed.pool.close();
      await composed.store.close();
    }
  };

  try {
    await atWork(
      async ({ store }) => await standGreen(store, app, shop, { installationId: installation.id, opened, nowMs }),
    );
    nowMs += opened.length;
    github.limitRequests(requestsPerHour);
    github.limitSecondary();
    return await atWork(async ({ store, loop }) => {
      const orders = operator({
        ...store,
        clock: { now: () => nowMs, monotonicMs: () => nowMs },
        log: createLog("silent"),
        newId: () => "drill",
        wake: () => {},
      });
      haltedMs = nowMs;
      const from = github.requests.entries.length;
      await orders.halt({ where: { kind: "everywhere" }, stops: "everyone", reason: "a drill", by: "the drill" });
      const stillGreen: string[] = [];
      const judged = async (): Promise<boolean> => {
        if (!untilJudged) return true;
        const entries = await Promise.all(
          opened.map(({ number }) => {
            const repository = { id: shop.state.id, owner: "acme", name: "shop" };
            return store.ledger.bySubject(
              { kind: "pull_request", installationId: installation.id, repository, number },
              1,
            );
          }),
        );
        return entries.every(([newest]) => newest?.entry.kind === "evaluated" && newest.entry.verdict === "block");
      };
      let allRedMs: number | null = null;
      let toldMs = Number.NEGATIVE_INFINITY;
      for (;;) {
        const [progress] = await haltProgress(installation.id, store);
        if (progress === undefined) throw new Error("The halt does not hold.");
        if (allRedMs === null && nowMs - toldMs >= minuteMs) {
          toldMs = nowMs;
          stillGreen.push(`${progress.green} of ${progress.stopped}`);
        }
        if (progress.green === 0) allRedMs ??= Math.max(...times.values());
        if (progress.green === 0 && (await judged())) break;
        if (nowMs - haltedMs > longestMs) throw new Error(`The halt has not come to its end within ${longestMs} ms.`);
        // Nothing is due: what was refused waits for its moment.
        if ((await loop.runDue()) === 0) nowMs += 1_000;
      }
      const sorted = [...times].toSorted(([, a], [, b]) => a - b);
      const at = (index: number): number => Math.round(sorted[index]?.[1] ?? 0);
      return {
        pulls,
        how,
        firstRedMs: at(0),
        halfRedMs: at(Math.floor(sorted.length / 2)),
        allRedMs: Math.round(allRedMs ?? 0),
        allJudgedMs: untilJudged ? Math.round(nowMs - haltedMs) : null,
        stillGreen,
        order: sorted.map(([number]) => number),
        turnedGreen,
        refused: github.requests.entries.slice(from).filter(({ status }) => status === 403 || status === 429).length,
      };
    });
  } finally {
    await github.stop();
    rmSync(folder, { recursive: true });
  }
}

/** As many looks would have left it: each green, the last one looked at last. */
async function standGreen(
  { queue, judgements }: OpenStore,
  app: SimApp,
  shop: SimRepository,
  {
    installationId,
    opened,
    nowMs,
  }: { readonly installationId: number; readonly opened: readonly SimPullRequest[]; readonly nowMs: number },
): Promise<void> {
  const repository = { id: shop.state.id, owner: "acme", name: "shop" };
  const settle = async (subject: Subject, atMs: number, work: (claim: Claim) => Promise<void>): Promise<void> => {
    await queue.mark([subject], atMs);
    const [claim] = await queue.claim(atMs, minuteMs, 1);
    if (claim === undefined) throw new Error("Nothing could be claimed.");
    await work(claim);
    await queue.settle(claim, { kind: "swept", atMs, marked: 0 }, atMs + 30 * minuteMs, atMs);
  };
  await settle({ kind: "sweep_installation", installationId }, nowMs, async () => undefined);
  for (const [index, { number, headSha, state }] of opened.entries()) {
    const subject = { kind: "pull_request", installationId, repository, number } as const;
    const target = { repository, headSha, checkName: "sallyport" };
    await settle(subject, nowMs + index, async (claim) => {
      app.checkRun(shop, headSha, {
        name: "sallyport",
        status: "completed",
        conclusion: "success",
        externalId: ownRunReference(subject, claim.lease),
      });
      const isArmed = state.autoMerge !== null;
      const wrote = { isAgent: false, marks: [] };
      await judgements.record(claim, { subject, target, verdict: "allow", mode: "enforce", wrote, isArmed });
    });
  }
}

function asNewRun(publication: Publication): Publication {
  if (publication.statement.kind !== "halted") return publication;
  return {
    ...publication,
    statement: { kind: "not_evaluated", shared: share(null, []), mode: "enforce", attempts: 1 },
  };
}
