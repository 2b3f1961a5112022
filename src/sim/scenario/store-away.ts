import type { OpenStore } from "../../adapters/store/open.ts";

/** A store that cannot be reached for as long as `isAway` says: every call to a port fails, as with a database that is gone. */
export function awayWhile(isAway: () => boolean, store: OpenStore): OpenStore {
  return {
    queue: failing(isAway, store.queue),
    judgements: failing(isAway, store.judgements),
    ledger: failing(isAway, store.ledger),
    decisions: failing(isAway, store.decisions),
    strikes: failing(isAway, store.strikes),
    signals: failing(isAway, store.signals),
    evidence: failing(isAway, store.evidence),
    books: failing(isAway, store.books),
    places: failing(isAway, store.places),
    reports: failing(isAway, store.reports),
    tokens: failing(isAway, store.tokens),
    locks: failing(isAway, store.locks),
    blobs: failing(isAway, store.blobs),
    close: () => store.close(),
  };
}

function failing<Port extends object>(isAway: () => boolean, port: Port): Port {
  return new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== "function") return method;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        if (isAway()) throw new Error(`Cannot ${String(key)}: the store cannot be reached.`);
        return await Reflect.apply(method, target, given);
      };
    },
  });
}
