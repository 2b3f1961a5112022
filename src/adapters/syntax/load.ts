import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadModule } from "libpg-query";
import { Language, Parser } from "web-tree-sitter";
import type { Syntax } from "../../core/syntax.ts";
import { loadAwsActions } from "./aws-actions.ts";
import { readHcl } from "./hcl.ts";
import { readPlpgsql, readPostgres } from "./postgresql.ts";
import { readPython } from "./python.ts";
import { loadRuby } from "./ruby.ts";

const grammars = {
  terraform: "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm",
  python: "tree-sitter-python/tree-sitter-python.wasm",
} as const;

/** Loads the grammars. The parsers live as long as the value returned; one of it per process is enough. */
export async function loadSyntax(): Promise<Syntax> {
  await Promise.all([Parser.init(), loadModule()]);
  const [terraform, python, ruby, awsActions] = await Promise.all([
    parserOf(grammars.terraform),
    parserOf(grammars.python),
    loadRuby(),
    loadAwsActions(),
  ]);
  return {
    hcl: (text) => readHcl(terraform, text),
    python: (text) => readPython(python, text),
    ruby,
    postgresql: readPostgres,
    plpgsql: readPlpgsql,
    awsActions,
  };
}

async function parserOf(grammar: string): Promise<Parser> {
  const parser = new Parser();
  parser.setLanguage(await Language.load(await readFile(fileURLToPath(import.meta.resolve(grammar)))));
  return parser;
}
