import type { IncomingMessage } from "node:http";

/** How much of bodies is held in memory at once, over all requests: many senders together must not do what one may not. */
export class BodyMemory {
  readonly #limitBytes: number;
  #heldBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** False, and nothing is taken, where it would be too much. */
  take(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#limitBytes) return false;
    this.#heldBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}

export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  /** Larger than one body may be; the rest of it is not read. */
  | { readonly kind: "too_large" }
  /** There is no memory left for it now. */
  | { readonly kind: "crowded" }
  /** The sender went away. */
  | { readonly kind: "broken_off" };

/**
 * Reads a body of at most `limitBytes`, and shows each piece to `onPiece` as it arrives. Stops reading where it is too much, and
 * leaves the connection open, so that the sender can be told.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  memory: BodyMemory,
  onPiece: (piece: Buffer) => void,
): Promise<Body> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > limitBytes) return Promise.resolve({ kind: "too_large" });
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const end = (body: Body): void => {
      request.off("data", take).off("end", finish).off("error", breakOff).off("close", breakOff);
      request.on("error", ignoreLateError);
      request.pause();
      memory.give(bytes);
      bytes = 0;
      resolve(body);
    };
    const take = (piece: Buffer): void => {
      if (bytes + piece.length > limitBytes) {
        end({ kind: "too_large" });
        return;
      }
      if (!memory.take(piece.length)) {
        end({ kind: "crowded" });
        return;
      }
      bytes += piece.length;
      pieces.push(piece);
      onPiece(piece);
    };
    const finish = (): void => end({ kind: "whole", bytes: Buffer.concat(pieces) });
    const breakOff = (): void => end({ kind: "broken_off" });
    request.on("data", take).on("end", finish).on("error", breakOff).on("close", breakOff);
  });
}

/** The answer is already decided when a connection breaks after its body was read or refused. */
function ignoreLateError(): void {}
