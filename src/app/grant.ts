import type { Entry } from "../core/ledger/entry.ts";
import type { PullRequestSubject, Subject, WishSubject } from "../core/subject.ts";
import { bounded, during, type Held, type LoopLimits, type LoopPorts } from "./held.ts";
import { unfoldReport } from "./publish.ts";

/** Does what somebody asked for with a button, if they may write in the repository now. For anybody else nothing changes. */
export async function grant(held: Held, wish: WishSubject, ports: LoopPorts, limits: LoopLimits): Promise<Entry> {
  const permission = await during("collect", () =>
    bounded([held.stopping], limits.collectMs, (signal) => ports.rights.permissionOf(wish, wish.by, "here", signal)),
  );
  const granted = permission === "write" || permission === "admin";
  if (granted) await fulfil(held, wish, ports, limits);
  return { kind: "wished", atMs: ports.clock.now(), what: wish.what, byId: wish.by.id, granted };
}

async function fulfil(held: Held, wish: WishSubject, ports: LoopPorts, limits: LoopLimits): Promise<void> {
  const { installationId, repository, number, what } = wish;
  const pull: PullRequestSubject | null =
    number === null ? null : { kind: "pull_request", installationId, repository, number };
  if (pull === null || what === "look") {
    const about: Subject = pull ?? { kind: "sweep_repository", installationId, repository };
    await ports.queue.mark([about], ports.clock.now());
    return;
  }
  for (const { target } of await ports.judgements.of(pull)) {
    await unfoldReport(held, { installationId, target }, ports, limits);
  }
}
