import {
  childOf,
  emptyMap,
  isEqual,
  isNull,
  type ListNode,
  type MapNode,
  type Node,
  textOf,
  updated,
  withEntry,
  withoutEntry,
} from "./node.ts";

/** An operation that does not fit what it is applied to: Kustomize refuses to build then. */
export class Inapplicable extends Error {}

/** Whether a node is a list of JSON patch operations. */
export function isJsonPatch(node: Node): node is ListNode {
  return (
    node.kind === "list" &&
    node.items.length > 0 &&
    node.items.every((item) => textOf(childOf(item, "op")) !== null && childOf(item, "path") !== undefined)
  );
}

/** The object after the operations, in their order (RFC 6902). Throws `Inapplicable` where one of them does not fit. */
export function applyJsonPatch(object: MapNode, operations: ListNode): MapNode {
  let result: Node = object;
  for (const operation of operations.items) result = applied(annotated(result, operation), operation);
  if (result.kind !== "map") throw new Inapplicable("it leaves no object behind");
  return result;
}

/** To Kustomize every object has annotations, be there none: it keeps its own there while it builds. */
function annotated(root: Node, operation: Node): Node {
  const isMissing =
    /^\/metadata\/annotations\/./u.test(textOf(childOf(operation, "path")) ?? "") &&
    textOf(childOf(operation, "op")) === "add" &&
    childOf(root, "metadata", "annotations") === undefined;
  return isMissing
    ? updated(root, ["metadata", "annotations"], () => emptyMap(operation.place), operation.place)
    : root;
}

function applied(root: Node, operation: Node): Node {
  const op = textOf(childOf(operation, "op"));
  const path = pointerAt(operation, "path");
  switch (op) {
    case "add":
      return edited(root, path, { op, value: valueIn(operation) });
    case "replace":
      return edited(root, path, { op, value: valueIn(operation) });
    case "remove":
      return edited(root, path, { op });
    case "test": {
      const standing = found(root, path);
      const value = valueIn(operation);
      // What is not there is null to Kustomize.
      if (standing === undefined ? !isNull(value) : !isEqual(standing, value)) {
        throw new Inapplicable(`its test of \`/${path.join("/")}\` fails`);
      }
      return root;
    }
    case "copy":
    case "move": {
      const from = pointerAt(operation, "from");
      const value = found(root, from);
      if (value === undefined) throw new Inapplicable(`nothing stands at \`/${from.join("/")}\``);
      return edited(op === "move" ? edited(root, from, { op: "remove" }) : root, path, { op: "add", value });
    }
    case null:
    default:
      throw new Inapplicable(`\`${op ?? ""}\` is no operation`);
  }
}

function valueIn(operation: Node): Node {
  const value = childOf(operation, "value");
  if (value === undefined) throw new Inapplicable("an operation has no value");
  return value;
}

function pointerAt(operation: Node, key: string): readonly string[] {
  const text = childOf(operation, key);
  const pointer = text?.kind === "scalar" && typeof text.value === "string" ? text.value : null;
  if (pointer === null || (pointer !== "" && !pointer.startsWith("/"))) {
    throw new Inapplicable(`its \`${key}\` is no JSON pointer`);
  }
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function indexIn(step: string, length: number): number | undefined {
  const index = /^-?\d{1,6}$/u.test(step) ? Number(step) : Number.NaN;
  const from = index < 0 ? length + index : index;
  return Number.isInteger(from) && from >= 0 ? from : undefined;
}

function found(node: Node, path: readonly string[]): Node | undefined {
  let standing: Node | undefined = node;
  for (const step of path) {
    if (standing?.kind === "list") {
      const index = indexIn(step, standing.items.length);
      standing = index === undefined ? undefined : standing.items[index];
    } else standing = childOf(standing, step);
  }
  return standing;
}

type Edit = { readonly op: "add" | "replace"; readonly value: Node } | { readonly op: "remove" };

function edited(node: Node, [first, ...rest]: readonly string[], edit: Edit): Node {
  if (first === undefined) {
    if (edit.op === "remove") throw new Inapplicable("it removes the object as a whole");
    return edit.value;
  }
  if (node.kind === "scalar") throw new Inapplicable(`nothing stands around \`${first}\``);
  if (node.kind === "list") return inList(node, first, rest, edit);
  const standing = childOf(node, first);
  if (rest.length > 0) {
    if (standing === undefined) throw new Inapplicable(`nothing stands at \`${first}\``);
    return withEntry(node, first, edited(standing, rest, edit));
  }
  // Kustomize takes the replacement of what is not there for an addition.
  if (edit.op === "remove" && standing === undefined) throw new Inapplicable(`nothing stands at \`${first}\``);
  return edit.op === "remove" ? withoutEntry(node, first) : withEntry(node, first, edit.value);
}

function inList(list: ListNode, step: string, rest: readonly string[], edit: Edit): Node {
  const { items } = list;
  if (step === "-" && rest.length === 0 && edit.op === "add") return { ...list, items: [...items, edit.value] };
  const isAdded = edit.op === "add" && rest.length === 0;
  // Counted from the end, an addition may stand behind the last item.
  const index = indexIn(step, isAdded ? items.length + 1 : items.length);
  const standing = index === undefined ? undefined : items[index];
  if (index === undefined || (standing === undefined && !(isAdded && index === items.length))) {
    throw new Inapplicable(`the list has no item \`${step}\``);
  }
  if (rest.length > 0 && standing !== undefined)
    return { ...list, items: items.with(index, edited(standing, rest, edit)) };
  switch (edit.op) {
    case "add":
      return { ...list, items: items.toSpliced(index, 0, edit.value) };
    case "replace":
      return { ...list, items: items.with(index, edit.value) };
    case "remove":
      return { ...list, items: items.toSpliced(index, 1) };
  }
}
