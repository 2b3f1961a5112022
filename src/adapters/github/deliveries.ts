import { z } from "zod";
import type { Clock, DeliveryLog, FailedAttempt } from "../../app/ports.ts";
import { type Api, type Along, ask, askAlong, GitHubFailure, type Parameters, type Session } from "./api.ts";
import { moment } from "./shapes.ts";

/** 100 attempts each. */
const pagesLimit = 200;
/** The attempt is gone, or older than what GitHub sends again. */
const over: ReadonlySet<number | null> = new Set([404, 422]);

const attemptShape = z.looseObject({
  id: z.int(),
  guid: z.string(),
  delivered_at: moment,
  status_code: z.int(),
});

/** GitHub's own record of what it sent to this App; it is asked as the App itself. https://docs.github.com/en/rest/apps/webhooks */
export function deliveryLog(asApp: () => Promise<Api>, clock: Clock): DeliveryLog {
  const sessionOf = async (signal: AbortSignal): Promise<Session> => ({ api: await asApp(), signal, clock });
  return {
    failures: async function* (sinceMs, signal): AsyncGenerator<FailedAttempt> {
      const session = await sessionOf(signal);
      let given: Parameters | null = { status: "failure" };
      for (let pages = 0; given !== null && pages < pagesLimit; pages += 1) {
        const page: Along<z.infer<typeof attemptShape>> = await askAlong(
          session,
          "GET /app/hook/deliveries",
          given,
          z.array(attemptShape),
        );
        for (const { id, guid, delivered_at: atMs, status_code: status } of page.items) {
          if (atMs < sinceMs) return;
          // An older server lists all attempts, whatever is asked for.
          if (status < 200 || status >= 300) yield { id, guid, atMs };
        }
        given = page.next;
      }
    },
    redeliver: async (id, signal) => {
      try {
        const route = "POST /app/hook/deliveries/{delivery_id}/attempts";
        await ask(await sessionOf(signal), route, { delivery_id: id }, z.unknown());
      } catch (failed) {
        if (!(failed instanceof GitHubFailure) || !over.has(failed.status)) throw failed;
      }
    },
  };
}
