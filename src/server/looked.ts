import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { LookedAt } from "../app/looked.ts";
import { verdicts } from "../core/evaluate/verdict.ts";
import { admitted, answer, type Keys } from "./operators.ts";
import { refuse } from "./refuse.ts";

export const pullsPath = "/pulls";

export interface LookedPort extends Keys {
  readonly lookedAt: (repository: string, signal: AbortSignal) => Promise<readonly LookedAt[] | null>;
}

/** Longer than listing thousands takes. */
const listingMs = 60_000;

/** `GET /pulls?repository=owner/name`: when each open pull request was last judged, and by which policy. */
export async function answerPulls(
  request: IncomingMessage,
  response: ServerResponse,
  ports: LookedPort,
): Promise<void> {
  if (!admitted(pullsPath, request, response, ports)) return;
  if (request.method !== "GET") {
    refuse(response, 405, "Pull requests are only told of here.", { allow: "GET" });
    return;
  }
  const repository = new URL(request.url ?? "", "http://localhost").searchParams.get("repository") ?? "";
  if (!/^[\w.-]+\/[\w.-]+$/u.test(repository)) {
    refuse(response, 400, "Name a repository: ?repository=owner/name");
    return;
  }
  const looked = await ports.lookedAt(repository, AbortSignal.timeout(listingMs));
  if (looked === null) refuse(response, 404, `Sallyport has seen no repository ${repository}.`);
  else answer(response, 200, { pulls: looked.map(shown) });
}

function shown({ number, last, isFailing }: LookedAt): ShownPull {
  return {
    number,
    is_failing: isFailing,
    last:
      last === null
        ? null
        : {
            at: new Date(last.atMs).toISOString(),
            head_sha: last.headSha,
            verdict: last.verdict,
            mode: last.mode,
            policy: last.policyDigest,
          },
  };
}

const shownPull = z.object({
  number: z.int(),
  is_failing: z.boolean(),
  last: z
    .object({
      at: z.string(),
      head_sha: z.string(),
      verdict: z.enum(verdicts),
      mode: z.string(),
      policy: z.string(),
    })
    .nullable(),
});
/** What this address answers. */
export const pullsAnswer = z.object({ pulls: z.array(shownPull) });
export type ShownPull = z.infer<typeof shownPull>;
