import type { Command } from "commander";
import { type HaltPort, register as registerHalt } from "./cli/halt.ts";
import type { Io } from "./cli/io.ts";
import { register as registerStatus, type StatusPort } from "./cli/status.ts";
import { WrongRequest } from "./cli/ports.ts";
import { pullsAnswer, pullsPath } from "./server/looked.ts";
import { haltsAnswer, haltsPath, liftPath, type ShownHalt } from "./server/halts.ts";

/** Longer than a database takes to record a halt of everything. */
const answerMs = 30_000;

/** `sallyport halt`, `sallyport resume` and `sallyport status`, with the service that the environment names. */
export function register(program: Command, io: Io): void {
  registerHalt(program, io, async () => {
    const { url, token } = await service();
    return haltPort(url, token, fetch);
  });
  registerStatus(program, io, async () => {
    const { url, token } = await service();
    return statusPort(url, token, fetch);
  });
}

async function service(): Promise<{ readonly url: string; readonly token: string }> {
  const { readEnvironment, readOperator } = await import("./config.ts");
  const read = readOperator(readEnvironment(".env"));
  if (read.ok) return read;
  throw new WrongRequest(`Cannot ask the service:\n${read.sentences.map((each) => `- ${each}`).join("\n")}`);
}

/** When the running service last judged what is open. */
export function statusPort(url: string, token: string, request: typeof globalThis.fetch): StatusPort {
  return async (repository) => {
    const path = `${pullsPath}?repository=${encodeURIComponent(repository)}`;
    const response = await request(url + path, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerMs),
      redirect: "error",
    });
    const text = await response.text();
    if (response.status === 200) return pullsAnswer.parse(JSON.parse(text)).pulls;
    const sentence = text.trim().slice(0, 500);
    if (response.status < 500) throw new WrongRequest(`The service at ${url} refused: ${sentence}`);
    throw new Error(`The service at ${url} failed: ${sentence}`);
  };
}

/** Halts by the running service. */
export function haltPort(url: string, token: string, request: typeof globalThis.fetch): HaltPort {
  const ask = async (path: string, order: unknown): Promise<readonly ShownHalt[]> => {
    const post = { method: "POST", body: JSON.stringify(order) };
    const response = await send(() =>
      request(url + path, {
        ...(order === null ? {} : post),
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(answerMs),
        redirect: "error",
      }),
    );
    const text = await response.text();
    if (response.status === 200) return haltsAnswer.parse(JSON.parse(text)).halts;
    const sentence = text.trim() === "" ? `It answered ${response.status}.` : text.trim().slice(0, 500);
    if (response.status < 500) throw new WrongRequest(`The service at ${url} refused: ${sentence}`);
    throw new Error(`The service at ${url} failed: ${sentence} Nothing is known to be halted.`);
  };
  return {
    halt: (order) => ask(haltsPath, order),
    resume: (order) => ask(liftPath, order),
    status: () => ask(haltsPath, null),
  };

  async function send(work: () => Promise<Response>): Promise<Response> {
    try {
      return await work();
    } catch (cause) {
      throw new Error(
        `The service at ${url} does not answer: nothing is known to be halted. Is it running? Take away the App's or the agents' access on GitHub if it cannot be.`,
        { cause },
      );
    }
  }
}
