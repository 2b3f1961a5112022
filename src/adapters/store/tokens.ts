import type { Tokens } from "../../app/ports.ts";
import type { Store } from "./engine.ts";

/** Tokens that were used, on either engine. Of two who bring the same one at once, one writes it. */
export function tokens({ db }: Store): Tokens {
  return {
    spend: async (id, untilMs, nowMs) => {
      await db.deleteFrom("spent_tokens").where("until_ms", "<", nowMs).execute();
      const written = await db
        .insertInto("spent_tokens")
        .values({ id, until_ms: untilMs })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .returning("id")
        .executeTakeFirst();
      return written !== undefined;
    },
  };
}
