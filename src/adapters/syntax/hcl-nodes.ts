import type { Node } from "web-tree-sitter";
import { nestingLimit, Refused } from "./refused.ts";

export function guard(node: Node, depth: number): void {
  if (depth > nestingLimit) throw new Refused(lineOf(node), `nested deeper than ${nestingLimit}`);
}

export function lineOf(node: Node): number {
  return node.startPosition.row + 1;
}

/** Named children that mean something: comments may stand anywhere. */
export function parts(node: Node): Node[] {
  return node.namedChildren.filter((child) => child.type !== "comment");
}

/** All children that mean something, operators and brackets among them. */
export function tokens(node: Node): Node[] {
  return node.children.filter((child) => child.type !== "comment");
}
