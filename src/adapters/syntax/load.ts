import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadModule } from "libpg-query";
import { Language, Parser } from "web-tree-sitter";
import type { Syntax } from "../../core/syntax.ts";
import { readHcl } from "./hcl.ts";
import { readPlpgsql, readPostgres } from "./postgresql.ts";

const grammar = "@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm";

/** Loads the grammars, about 20 ms. The parser lives as long as the value returned; one per process is enough. */
export async function loadSyntax(): Promise<Syntax> {
  await Promise.all([Parser.init(), loadModule()]);
  const terraform = await Language.load(await readFile(fileURLToPath(import.meta.resolve(grammar))));
  const parser = new Parser();
  parser.setLanguage(terraform);
  return { hcl: (text) => readHcl(parser, text), postgresql: readPostgres, plpgsql: readPlpgsql };
}
