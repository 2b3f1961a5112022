import { childOf, made, type Node, textOf, withEntry } from "./node.ts";
import { changedTo, idOf, type Resource } from "./resource.ts";

const reference = /^(?<name>.+?)(?::(?<tag>[\w.{}-]+))?(?:@(?<digest>sha256:[\w.{}-]+))?$/u;

/** One entry of `images`: what it calls by another name, tag or digest, in every list of containers. */
export function withImage(resources: readonly Resource[], entry: Node, by: string): readonly Resource[] {
  const name = textOf(childOf(entry, "name"));
  if (name === null) return resources;
  return resources.map((resource) =>
    idOf(resource.root).kind === "CustomResourceDefinition"
      ? resource
      : changedTo(resource, inside(resource.root, name, entry), by),
  );
}

function inside(node: Node, name: string, entry: Node): Node {
  if (node.kind === "scalar") return node;
  if (node.kind === "list") {
    const items = node.items.map((item) => inside(item, name, entry));
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
  }
  let result = node;
  for (const { key, value } of node.entries) {
    const isList = (key === "containers" || key === "initContainers") && value.kind === "list";
    const inner = isList
      ? { ...value, items: value.items.map((item) => inContainer(inside(item, name, entry), name, entry)) }
      : inside(value, name, entry);
    if (inner !== value) result = withEntry(result, key, inner);
  }
  return result;
}

function inContainer(container: Node, name: string, entry: Node): Node {
  const image = textOf(childOf(container, "image"));
  const parts = image === null ? undefined : reference.exec(image)?.groups;
  if (container.kind !== "map" || parts?.["name"] !== name) return container;
  const [newName, newTag, digest] = ["newName", "newTag", "digest"].map((key) => childOf(entry, key));
  const [tagText, digestText] = [textOf(newTag), textOf(digest)];
  const replaced = tagText !== null || digestText !== null;
  const tag = replaced ? tagText : (parts["tag"] ?? null);
  const hash = replaced ? digestText : (parts["digest"] ?? null);
  const text = `${textOf(newName) ?? name}${tag === null ? "" : `:${tag}`}${hash === null ? "" : `@${hash}`}`;
  if (text === image) return container;
  return withEntry(container, "image", made(text, (newTag ?? digest ?? newName ?? entry).place));
}
