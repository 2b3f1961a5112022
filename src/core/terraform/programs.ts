import type { Place } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import type { Observation } from "../rule.ts";
import { type TerraformBlock, textOf } from "../views/terraform.ts";
import type { ResourcesView } from "./model.ts";
import { readAt } from "./reading.ts";
import { inCode, isReached, type Reach } from "./telling.ts";
import { isAbsent, modulesWritten, nestedBlocks } from "./written.ts";

/** What of each says what runs or is fetched; the others say when, and with which connection. */
const saying: Readonly<Record<string, readonly string[]>> = {
  "local-exec": ["command", "interpreter", "working_dir", "environment"],
  "remote-exec": ["inline", "script", "scripts"],
  file: ["source", "content", "destination"],
  external: ["program", "query", "working_dir"],
  http: ["url", "method", "request_headers", "request_body"],
};
const shownCharacters = 160;

interface Program {
  readonly address: string;
  readonly kind: string;
  readonly at: Place;
  readonly said: readonly { readonly name: string; readonly text: string; readonly line: number }[];
}

/** Programs that Terraform runs, or asks over the network, and that were not there in these words before. */
export function* programObservations(view: ResourcesView, reach: Reach): Iterable<Observation> {
  const modules = modulesWritten(view);
  // Moved to another block, file or module of the repository, it is the same program.
  const known = new Set(
    modules.flatMap(({ before }) => before.flatMap((block) => programsIn(block, "base").map(wordsOf))),
  );
  for (const { before, after } of modules) {
    const atBase = before.flatMap((block) => programsIn(block, "base"));
    for (const [address, programs] of Map.groupBy(
      after.flatMap((block) => programsIn(block, "head")),
      (program) => program.address,
    ))
      for (const [index, program] of programs.entries()) {
        const { at, kind } = program;
        if (known.has(wordsOf(program)) || !isReached(at.path, reach)) continue;
        const former = atBase.filter((one) => one.address === address && one.kind === kind);
        const isNew = former.length < programs.filter((one) => one.kind === kind).length;
        const message = `${inCode(address)} ${isNew ? "newly" : "in other words than before"} ${whatItDoes(kind)}: ${shown(program)}`;
        yield { at: placeOf(program, former), about: `${at.path} ${address}#${kind}.${index}`, message, asks: true };
      }
  }
}

function whatItDoes(kind: string): string {
  switch (kind) {
    case "local-exec":
      return "runs a program where Terraform runs";
    case "remote-exec":
      return "runs a program on a machine";
    case "file":
      return "copies files to a machine";
    case "external":
      return "runs a program in every plan";
    case "http":
      return "asks a server in every plan";
    default:
      return `has a provisioner ${inCode(kind)}`;
  }
}

function programsIn({ address, path, block }: TerraformBlock, side: Place["side"]): readonly Program[] {
  const [type = ""] = block.labels;
  const program = (kind: string, of: HclBlock): Program => ({
    address,
    kind,
    at: { path, side, line: of.line },
    said: (Object.hasOwn(saying, kind) ? (saying[kind] ?? []) : []).flatMap((name) => saidIn(of, name)),
  });
  if (block.type === "data") return type === "external" || type === "http" ? [program(type, block)] : [];
  if (block.type !== "resource") return [];
  return nestedBlocks(block.body, "provisioner", true).map((one) => program(one.labels[0] ?? "", one));
}

function saidIn({ body, line }: HclBlock, name: string): Program["said"] {
  const readings = readAt(body, name, line);
  const attribute = body.attributes.find((one) => one.name === name);
  if (attribute === undefined || isAbsent(readings)) return [];
  // The order of a program's arguments counts.
  return [{ name, text: textOf(attribute.value), line: attribute.line }];
}

function wordsOf({ kind, said }: Program): string {
  return JSON.stringify([kind, said.map(({ name, text }) => [name, text])]);
}

/** The first attribute that says something else, or the whole where it is new. */
function placeOf({ at, said }: Program, former: readonly Program[]): Place {
  const old = new Set(former.flatMap((one) => one.said.map(({ name, text }) => `${name}\n${text}`)));
  const other = former.length === 0 ? undefined : said.find(({ name, text }) => !old.has(`${name}\n${text}`));
  return other === undefined ? at : { ...at, line: other.line };
}

function shown({ said }: Program): string {
  return said
    .filter(({ name }) => name !== "environment" && name !== "request_headers" && name !== "content")
    .map(({ name, text }) => `${inCode(name)} ${inCode(shortened(text))}`)
    .join(", ");
}

function shortened(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/gu, " ⏎ ");
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line;
}
