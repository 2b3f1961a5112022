import { z } from "zod";
import type { Strikes } from "../../app/ports.ts";
import { breakerNames, distinctStrikes } from "../../core/breakers/breakers.ts";
import { parts, type Store } from "./engine.ts";

const breakerName = z.enum(breakerNames);

/** Strikes on either engine. */
export function strikes({ db, engine }: Store): Strikes {
  return {
    note: async (given, { installationId, agents, sinceMs }) => {
      const rows = distinctStrikes(given).map(({ id, installationId: at, agent, breaker, atMs }) => ({
        id,
        installation_id: at,
        agent,
        breaker,
        at_ms: atMs,
      }));
      // Written before they are read: of two that note at the same moment, at least one finds both.
      for (const part of parts(rows, engine.rowsPerStatement)) {
        await db
          .insertInto("strikes")
          .values(part)
          .onConflict((conflict) => conflict.column("id").doNothing())
          .execute();
      }
      if (agents.length === 0) return [];
      const found = await db
        .selectFrom("strikes")
        .selectAll()
        .where("installation_id", "=", installationId)
        .where("agent", "in", agents)
        .where("at_ms", ">", sinceMs)
        .execute();
      return distinctStrikes(
        found.map(({ id, installation_id, agent, breaker, at_ms }) => ({
          id,
          installationId: installation_id,
          agent,
          breaker: breakerName.parse(breaker),
          atMs: at_ms,
        })),
      );
    },
  };
}
