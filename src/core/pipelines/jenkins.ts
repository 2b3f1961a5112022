import type { Place, Side } from "../change/change-set.ts";
import type { Gate } from "../workflows/gates.ts";
import type { ScriptLine } from "../workflows/model.ts";
import { refPin } from "../workflows/uses.ts";
import type { Named, Part, PipelineJob, PipelineStep } from "./model.ts";
import { exposuresIn } from "./values.ts";

interface File {
  readonly path: string;
  readonly side: Side;
  readonly text: string;
}

/** A piece of Groovy: what stands outside of texts, or the content of a text. */
interface Piece {
  readonly kind: "code" | "text";
  readonly text: string;
  readonly line: number;
}

/**
 * Texts and code of Groovy without its comments; null where a text or comment has no end. Enough to find steps by name: nothing is run.
 * Source: groovy-lang.org "Syntax".
 */
function piecesOf(text: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let [line, start, code, from] = [1, 0, "", 1];
  const endCode = (): void => {
    if (code !== "") pieces.push({ kind: "code", text: code, line: from });
    code = "";
  };
  while (start < text.length) {
    if (code === "") from = line;
    const opening = ['"""', "'''", "/*", "//", '"', "'"].find((one) => text.startsWith(one, start));
    if (opening === undefined) {
      const letter = text[start] ?? "";
      code += letter;
      if (letter === "\n") line += 1;
      start += 1;
      continue;
    }
    const inside = start + opening.length;
    const end = opening === "//" ? lineEnd(text, inside) : closing(text, inside, opening === "/*" ? "*/" : opening);
    if (end === null) return null;
    const content = text.slice(inside, end);
    if (opening.startsWith("/")) code += ` ${"\n".repeat(content.split("\n").length - 1)}`;
    else {
      endCode();
      pieces.push({ kind: "text", text: content, line });
    }
    line += content.split("\n").length - 1;
    start = opening === "//" ? end : end + (opening === "/*" ? 2 : opening.length);
  }
  endCode();
  return pieces;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

/** Where the closing mark stands that no backslash takes away. */
function closing(text: string, from: number, mark: string): number | null {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\" && mark !== "*/") at += 1;
    else if (mark.length === 1 && text[at] === "\n") return null;
    else if (text.startsWith(mark, at)) return at;
  }
  return null;
}

const outside = "pipeline";

interface Stage {
  readonly id: string;
  readonly at: Place;
  readonly depth: number;
  readonly stops: Named[];
  readonly secrets: Named[];
  readonly exposures: Named[];
  readonly steps: PipelineStep[];
}

/** Longer code before a text is no step. */
const leadLimit = 400;

/** The stages of a Jenkinsfile, declarative or scripted; null where it cannot be told apart from its texts. */
export function jenkinsJobs(file: File): readonly PipelineJob[] | null {
  const pieces = piecesOf(file.text);
  if (pieces === null) return null;
  const reader = new StageReader((line) => ({ path: file.path, side: file.side, line }));
  for (const [index, piece] of pieces.entries()) {
    const before = pieces[index - 1];
    const after = pieces[index + 1];
    if (piece.kind === "code") reader.code(piece, index > 0);
    else
      reader.text(
        piece,
        before?.kind === "code" ? before.text.slice(-leadLimit) : "",
        after?.kind === "code" ? after.text : "",
      );
  }
  return reader.stages;
}

/** Walks over the pieces of a file and keeps which stage is open. */
class StageReader {
  readonly stages: Stage[];
  readonly #open: Stage[];
  /** Depths of the blocks that catch what fails in them. */
  readonly #forgiving: number[] = [];
  /** What the stages that follow wait for. */
  readonly #waits: Named[] = [];
  readonly #at: (line: number) => Place;
  #depth = 0;

  constructor(at: (line: number) => Place) {
    this.#at = at;
    this.stages = [this.#stage(outside, 1, -1)];
    this.#open = [...this.stages];
  }

  #stage(id: string, line: number, depth: number): Stage {
    return { id, at: this.#at(line), depth, stops: [...this.#waits], secrets: [], exposures: [], steps: [] };
  }

  text(piece: Piece, lead: string, rest: string): void {
    const at = this.#at(piece.line);
    if (/\bstage\s*\(?\s*(?:name:\s*)?$/u.test(lead)) {
      const fresh = this.#stage(piece.text, piece.line, this.#depth);
      this.stages.push(fresh);
      this.#open.push(fresh);
      return;
    }
    const stage = this.#open.at(-1);
    if (stage === undefined) return;
    if (/\b(?:sh|bat|powershell|pwsh)\b[^{};\n]*$/u.test(lead) && !/\b(?:label|encoding)\s*:\s*$/u.test(lead)) {
      const script = linesOf(piece, this.#at);
      const [sameLine = ""] = rest.split("\n", 1);
      stage.steps.push({ script, softened: softenedBy(lead, sameLine, this.#forgiving.length > 0, at) });
      stage.exposures.push(...exposuresIn(script));
    } else if (/\bcredentials(?:Id\s*:|\s*\()\s*$/u.test(lead)) {
      stage.secrets.push({ name: `credentials ${piece.text}`, at });
    } else if (/\bargs\s*\(?\s*$/u.test(lead)) {
      stage.exposures.push(...exposuresIn([{ text: ` ${piece.text}`, at }]));
    }
  }

  code({ text, line }: Piece, followsText: boolean): void {
    for (const [offset, one] of text.split("\n").entries()) {
      if (/(?:^|[\s;{])input(?:\s*[({]|\s+\w+\s*:|\s*$)/u.test(one) && (offset > 0 || followsText)) {
        const stop = { name: "an approval", at: this.#at(line + offset) };
        this.#open.at(-1)?.stops.push(stop);
        this.#waits.push(stop);
      }
      for (const [mark] of one.matchAll(/[{}]|\b(?:catchError|warnError)\b/gu)) this.#mark(mark);
    }
  }

  #mark(mark: string): void {
    if (mark === "{") this.#depth += 1;
    else if (mark === "}") {
      this.#depth -= 1;
      while (this.#open.length > 1 && (this.#open.at(-1)?.depth ?? -1) >= this.#depth) this.#open.pop();
      while ((this.#forgiving.at(-1) ?? -1) >= this.#depth) this.#forgiving.pop();
    } else this.#forgiving.push(this.#depth);
  }
}

function linesOf({ text, line }: Piece, at: (line: number) => Place): readonly ScriptLine[] {
  return text.split("\n").flatMap((one, index) => {
    const plain = one.trim();
    return plain === "" || plain.startsWith("#") ? [] : [{ text: plain, at: at(line + index) }];
  });
}

function softenedBy(lead: string, rest: string, isForgiven: boolean, at: Place): Gate["softened"] {
  const around = `${lead.split(/[\n;{}]/u).at(-1) ?? ""}${rest}`;
  const status = /\breturnStatus\s*:\s*true/u.test(around);
  // What is done with the status is for the code around it, where there is any.
  if (status)
    return {
      by: "returnStatus: true",
      at,
      isCertain: !/=|\bif\b|\breturn\b/u.test(around.replaceAll(/:\s*true/gu, "")),
    };
  return isForgiven ? { by: "catchError", at, isCertain: true } : null;
}

/** Shared libraries that a Jenkinsfile loads. */
export function jenkinsParts({ path, side, text }: File): readonly Part[] {
  return text.split("\n").flatMap((line, index) =>
    [
      ...line.matchAll(
        /(?:@Library\s*\(|\blibrary\s*\(?)\s*\[?\s*(?:identifier:\s*)?["']([\w./-]+)(?:@([\w./-]+))?["']/gu,
      ),
    ].map(
      ([, name = "", ref = ""]): Part => ({
        name,
        ref,
        pin: refPin(ref),
        isPlatform: false,
        at: { path, side, line: index + 1 },
      }),
    ),
  );
}
