import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { type Git, GitFailure } from "./git.ts";

/** An object of the repository. `too_large`: it is there, and its bytes were dropped. */
export type GitObject =
  | { readonly kind: "object"; readonly type: string; readonly bytes: Buffer }
  | { readonly kind: "missing" }
  | { readonly kind: "too_large"; readonly sizeBytes: number };

interface Waiting {
  readonly resolve: (object: GitObject) => void;
  readonly reject: (reason: Error) => void;
}

/** The body that is being read: `kept` is null where it is dropped. The newline after it is not part of the object. */
interface Body {
  readonly type: string;
  readonly sizeBytes: number;
  readonly kept: Buffer[] | null;
  leftBytes: number;
}

const newline = 0x0a;

/**
 * Reads objects through one `git cat-file --batch` that stays open: starting a process for each object takes longer than
 * everything else of a look. Answers come in the order of the questions. Close it when done.
 */
export class ObjectReader {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #limitBytes: number;
  readonly #waiting: Waiting[] = [];
  #header: Buffer = Buffer.alloc(0);
  #body: Body | null = null;
  #ended: GitFailure | null = null;

  /** Objects larger than `limitBytes` are `too_large`. */
  constructor(git: Git, limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.#process = spawn("git", [...git.options, "cat-file", "--batch"], {
      cwd: git.directory,
      env: git.environment,
    });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    this.#process.stderr.resume();
    this.#process.stdin.on("error", (failed) => this.#end(`its input closed: ${failed.message}`));
    this.#process.on("error", (failed) => this.#end(failed.message));
    this.#process.on("close", (code) => this.#end(`it ended with ${code ?? "a signal"}`));
  }

  /** `name` is an object id. Rejects with `GitFailure` when git has ended. */
  async read(name: string): Promise<GitObject> {
    if (!/^[0-9a-f]{40,64}$/.test(name)) throw new GitFailure(`Cannot read object ${name}: it is no object id.`, null);
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended);
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${name}\n`);
    });
  }

  close(): void {
    this.#process.stdin.end();
  }

  #take(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#body === null ? this.#takeHeader(rest) : this.#takeBody(this.#body, rest);
  }

  #takeHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(newline);
    if (end === -1) {
      this.#header = Buffer.concat([this.#header, chunk]);
      return chunk.subarray(chunk.length);
    }
    const header = Buffer.concat([this.#header, chunk.subarray(0, end)]).toString("utf8");
    this.#header = Buffer.alloc(0);
    const found = /^[0-9a-f]+ ([a-z]+) ([0-9]+)$/.exec(header);
    if (found === null) this.#waiting.shift()?.resolve({ kind: "missing" });
    else {
      const sizeBytes = Number(found[2]);
      const kept = sizeBytes > this.#limitBytes ? null : [];
      this.#body = { type: found[1] ?? "", sizeBytes, kept, leftBytes: sizeBytes + 1 };
    }
    return chunk.subarray(end + 1);
  }

  #takeBody(body: Body, chunk: Buffer): Buffer {
    const taken = chunk.subarray(0, body.leftBytes);
    body.kept?.push(taken);
    body.leftBytes -= taken.length;
    if (body.leftBytes === 0) {
      this.#body = null;
      this.#waiting
        .shift()
        ?.resolve(
          body.kept === null
            ? { kind: "too_large", sizeBytes: body.sizeBytes }
            : { kind: "object", type: body.type, bytes: Buffer.concat(body.kept).subarray(0, body.sizeBytes) },
        );
    }
    return chunk.subarray(taken.length);
  }

  #end(because: string): void {
    this.#ended ??= new GitFailure(`Cannot read objects with git cat-file: ${because}.`, null);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
