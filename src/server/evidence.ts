import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";
import type { EvidenceOffer, EvidenceRefused, EvidenceTaken, Witness } from "../app/evidence.ts";
import type { Log } from "../app/ports.ts";
import type { ReceivedEvidence } from "../core/evidence/evidence.ts";
import { type BodyMemory, readBody } from "./body.ts";
import { answer } from "./operators.ts";
import { refuse } from "./refuse.ts";

/** Where workflows send plans, and what scanners found. */
export const evidencePath = "/evidence";

export interface EvidencePort {
  /** Null: the address of this service is not known, so no token can be for it. */
  readonly evidence: {
    readonly witness: (
      token: string,
      signal: AbortSignal,
    ) => Promise<{ readonly kind: "witness"; readonly witness: Witness } | EvidenceRefused>;
    /** Resolves once it is durable. */
    readonly take: (witness: Witness, offer: EvidenceOffer, text: string) => Promise<EvidenceTaken | EvidenceRefused>;
  } | null;
  readonly log: Log;
}

/** Sent, packed or not; and unpacked. Plans of this size have some thousands of resources. */
const bodyLimitBytes = 32 * 1024 * 1024;
const mebibyte = 1024 * 1024;
const askingMs = 20_000;
const unpack = promisify(gunzip);

const plain = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}]+$/u);
/** The folder as the repository has it; `.` is its own. */
const folder = plain(400)
  .transform((path) => path.replace(/\/+$/u, "").replace(/^\.\//u, ""))
  .refine((path) => path !== "" && !path.startsWith("/") && !path.split("/").includes(".."))
  .transform((path) => (path === "." ? "" : path));
const query = z.strictObject({
  kind: z.enum(["terraform-plan", "sarif"]),
  root: folder.default(""),
  workspace: plain(200).optional(),
  lineage: plain(100).optional(),
  serial: z
    .string()
    .regex(/^\d{1,15}$/u)
    .transform(Number)
    .optional(),
  backend: z
    .string()
    .regex(/^[0-9a-f]{64}$/u)
    .optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

/**
 * `POST /evidence`: a job brings a plan, or what a scanner found, and proves who it is by the token of its run. What it is stands in the query, the body
 * is the file itself. Nothing of the body is believed before the token is proved, or logged at all.
 */
export async function answerEvidence(
  request: IncomingMessage,
  response: ServerResponse,
  { evidence, log }: EvidencePort,
  memory: BodyMemory,
): Promise<void> {
  if (evidence === null) {
    refuse(response, 404, "There is nothing here: evidence is taken where PUBLIC_URL is set.");
    return;
  }
  if (request.method !== "POST") {
    refuse(response, 405, "Evidence is sent by POST.", { allow: "POST" });
    return;
  }
  const offer = offerIn(request);
  if (typeof offer === "string") {
    refuse(response, 400, offer);
    return;
  }
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > bodyLimitBytes) {
    refuse(response, 413, tooLarge);
    return;
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    refuse(response, 415, "The body is packed in a way that is not understood: send it with gzip, or as it is.");
    return;
  }
  const token = /^Bearer (?<token>\S+)$/u.exec(request.headers.authorization ?? "")?.groups?.["token"];
  if (token === undefined) {
    refuseOf(request, response, log, { status: 401, because: "There is no token: send that of the job as a bearer." });
    return;
  }
  const proved = await evidence.witness(token, AbortSignal.timeout(askingMs));
  if (proved.kind === "refused") {
    refuseOf(request, response, log, proved);
    return;
  }
  const text = await textOf(request, encoding, memory);
  if (text.kind !== "text") {
    if (text.kind === "broken_off") response.destroy();
    else refuse(response, text.status, text.because);
    return;
  }
  if (text.sha256 !== offer.sha256) {
    refuse(response, 422, "The body has another SHA-256 than `sha256` says: send it again.");
    return;
  }
  let taken: EvidenceTaken | EvidenceRefused;
  try {
    taken = await evidence.take(proved.witness, offer, text.text);
  } catch (error) {
    log.error({ error }, "evidence could not be taken");
    refuse(response, 503, "The evidence could not be taken now: send it again, with a new token.");
    return;
  }
  if (taken.kind === "refused") refuseOf(request, response, log, taken);
  else answer(response, 202, told(taken));
}

const tooLarge = `The body is larger than ${bodyLimitBytes / mebibyte} MiB: send a smaller plan (without \`planned_values\` and \`provider_schemas\`), or split the root configuration.`;

function refuseOf(
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
  { status, because }: Pick<EvidenceRefused, "because"> & { readonly status: number },
): void {
  log.warn({ from: request.socket.remoteAddress, status, because }, "evidence was refused");
  refuse(response, status, because, status === 401 ? { "www-authenticate": "Bearer" } : {});
}

/** What the query says, or a sentence about what is wrong with it. */
function offerIn(request: IncomingMessage): EvidenceOffer | string {
  const { searchParams } = new URL(request.url ?? "", "http://localhost");
  const names = [...searchParams.keys()];
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  const parsed = query.safeParse(Object.fromEntries(searchParams));
  if (doubled !== undefined || !parsed.success) {
    const where = parsed.error?.issues.map(
      ({ path, code }) => `${path.map(String).join(".") || "the query"} (${code})`,
    );
    return `What is sent is not said as it should be: ${where?.slice(0, 5).join("; ") ?? "a parameter stands twice"}. See docs/evidence.md.`;
  }
  const { kind, root, workspace, lineage, serial, backend, sha256 } = parsed.data;
  return {
    kind: kind === "sarif" ? "findings" : "plan",
    root,
    workspace: workspace ?? "",
    state: { lineage: lineage ?? null, serial: serial ?? null, backend: backend ?? null },
    sha256,
  };
}

type Text =
  | { readonly kind: "text"; readonly text: string; readonly sha256: string }
  | { readonly kind: "refused"; readonly status: number; readonly because: string }
  | { readonly kind: "broken_off" };

async function textOf(request: IncomingMessage, encoding: "identity" | "gzip", memory: BodyMemory): Promise<Text> {
  const crowded: Text = { kind: "refused", status: 503, because: "Too many bodies are being read at once: try again." };
  const body = await readBody(request, bodyLimitBytes, memory, () => {});
  switch (body.kind) {
    case "too_large":
      return { kind: "refused", status: 413, because: tooLarge };
    case "crowded":
      return crowded;
    case "broken_off":
      return body;
    case "whole":
  }
  if (!memory.take(bodyLimitBytes)) return crowded;
  try {
    const bytes = encoding === "gzip" ? await unpacked(body.bytes) : body.bytes;
    if (typeof bytes === "string") return { kind: "refused", status: bytes === tooLarge ? 413 : 422, because: bytes };
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { kind: "text", text, sha256: createHash("sha256").update(bytes).digest("hex") };
  } catch {
    return { kind: "refused", status: 422, because: "The body is no text in UTF-8." };
  } finally {
    memory.give(bodyLimitBytes);
  }
}

/** The bytes, or a sentence where there are too many or they are not packed as they should be. */
async function unpacked(packed: Buffer): Promise<Buffer | string> {
  try {
    return await unpack(packed, { maxOutputLength: bodyLimitBytes });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return isTooLarge ? tooLarge : "The body is said to be packed with gzip, and is not.";
  }
}

function told({ evidence, repository, again }: EvidenceTaken): object {
  const { id, headSha, root, workspace, brought } = evidence;
  const about = { id, repository_id: repository.id, head_sha: headSha, root: root === "" ? "." : root };
  return {
    schema: "sallyport.evidence/1",
    ...about,
    ...(workspace === "" ? {} : { workspace }),
    again,
    understood: understood(brought),
  };
}

function understood(brought: ReceivedEvidence["brought"]): object {
  switch (brought.kind) {
    case "plan": {
      const { changes, complete, errored } = brought.plan;
      const actions = Map.groupBy(changes, (one) => one.actions.join("/"));
      const counts: Record<string, number> = Object.fromEntries(
        [...actions].map(([name, rows]) => [name, rows.length]),
      );
      return { kind: "terraform-plan", complete, errored, actions: counts };
    }
    case "findings": {
      const { tools, results, unplaced } = brought.report;
      return { kind: "sarif", tools, results: results.length, without_place: unplaced };
    }
    case "unreadable":
    case "too_much":
      return { kind: brought.kind };
  }
}
