import type { Side } from "../../change/change-set.ts";
import { child, type Tree } from "../../views/documents.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { readStatement } from "./read.ts";
import { plainTree } from "./trees.ts";

/** A document with statements that have an effect, or a list of such statements. Keys are as AWS writes them. */
export function isPolicy(tree: Tree): boolean {
  return statementsIn(tree).some((one) => child(one, "Effect") !== undefined);
}

function statementsIn(tree: Tree): readonly Tree[] {
  if (tree.kind === "list") return tree.items.every((one) => child(one, "Effect") !== undefined) ? tree.items : [];
  const written = child(tree, "Statement");
  if (written === undefined) return [];
  return written.kind === "list" && written.tag === undefined ? written.items : [written];
}

/** The statements of a policy in a file, each at its own line. */
export function holdingOf(
  policy: Tree | null,
  path: string,
  side: Side,
  isResource: (name: string) => boolean = () => false,
): Holding {
  return statementHolding(policy === null ? [] : statementsIn(policy), path, side, isResource);
}

/** Statements wherever they stand; what is none of them is a part that is not read. */
export function statementHolding(
  written: readonly Tree[],
  path: string,
  side: Side,
  isResource: (name: string) => boolean = () => false,
): Holding {
  return joinedHoldings(
    written.map((one): Holding => {
      const at = { path: one.span.path ?? path, side, line: one.span.line };
      const plain = plainTree(one, isResource);
      const read = readStatement(plain);
      return typeof read === "string"
        ? { ...nothingHeld, unread: [{ text: `${JSON.stringify(plain)}: ${read}`, at }] }
        : { ...nothingHeld, statements: [{ statement: read, at, owner: path, loose: false }] };
    }),
  );
}
