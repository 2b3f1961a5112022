import type { Side } from "../../change/change-set.ts";
import { child, type Tree } from "../../views/documents.ts";
import { type Holding, joinedHoldings, nothingHeld } from "./holders.ts";
import { readStatement } from "./read.ts";
import { plainTree } from "./trees.ts";

/** A document with statements that have an effect. Keys are as AWS writes them. */
export function isPolicy(tree: Tree): boolean {
  const statements = child(tree, "Statement");
  const list = statements?.kind === "list" ? statements.items : statements === undefined ? [] : [statements];
  return list.some((one) => child(one, "Effect") !== undefined);
}

/** The statements of a policy in a file, each at its own line. */
export function holdingOf(
  policy: Tree | null,
  path: string,
  side: Side,
  isResource: (name: string) => boolean = () => false,
): Holding {
  const written = policy === null ? undefined : child(policy, "Statement");
  if (written === undefined) return nothingHeld;
  return joinedHoldings(
    (written.kind === "list" ? written.items : [written]).map((one): Holding => {
      const at = { path: one.span.path ?? path, side, line: one.span.line };
      const plain = plainTree(one, isResource);
      const read = readStatement(plain);
      return typeof read === "string"
        ? { ...nothingHeld, unread: [{ text: `${JSON.stringify(plain)}: ${read}`, at }] }
        : { ...nothingHeld, statements: [{ statement: read, at, owner: path, loose: false }] };
    }),
  );
}
