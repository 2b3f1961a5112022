import { childOf, itemsOf, made, type MapNode, type Node, type ScalarNode, textOf, withEntry } from "./node.ts";

/** The text of a file beside the kustomization; null where nobody can read it. */
export type TextAt = (path: string) => string | null;

/** The object that an entry of `configMapGenerator` or `secretGenerator` makes, by its name without the hash that Kustomize adds. */
export function generatedObject(entry: Node, kind: "ConfigMap" | "Secret", textAt: TextAt): MapNode {
  const { place } = entry;
  const map = (entries: MapNode["entries"]): MapNode => ({ kind: "map", entries, place });
  const field = (key: string, value: Node) => ({ key, value });
  const [name, namespace] = [childOf(entry, "name"), childOf(entry, "namespace")];
  const options = childOf(entry, "options");
  const metadata = map([
    ...(name === undefined ? [] : [field("name", name)]),
    ...(namespace === undefined ? [] : [field("namespace", namespace)]),
    ...["labels", "annotations"].flatMap((key) => {
      const value = childOf(options, key);
      return value === undefined ? [] : [field(key, value)];
    }),
  ]);
  let contents = map([]);
  for (const { key, value } of pairsOf(entry, textAt)) contents = withEntry(contents, key, value);
  return map([
    field("apiVersion", made("v1", place)),
    field("kind", made(kind, place)),
    field("metadata", metadata),
    ...(contents.entries.length === 0 ? [] : [field(kind === "Secret" ? "stringData" : "data", contents)]),
  ]);
}

interface Pair {
  readonly key: string;
  readonly value: ScalarNode;
}

function pairsOf(entry: Node, textAt: TextAt): readonly Pair[] {
  const envs = [
    ...itemsOf(childOf(entry, "envs")),
    ...(childOf(entry, "env") === undefined ? [] : [childOf(entry, "env")]),
  ];
  return [
    ...itemsOf(childOf(entry, "files")).flatMap((file) => fileOf(file, textAt)),
    ...envs.flatMap((file) => {
      const text = file === undefined ? null : textAt(textOf(file) ?? "");
      const lines = text?.replaceAll("\r", "").split("\n") ?? [];
      return file === undefined ? [] : lines.flatMap((line) => (/^\s*(?:#|$)/u.test(line) ? [] : assigned(line, file)));
    }),
    ...itemsOf(childOf(entry, "literals")).flatMap((literal) => assigned(textOf(literal) ?? "", literal)),
  ];
}

function fileOf(file: Node, textAt: TextAt): readonly Pair[] {
  const written = textOf(file) ?? "";
  const sign = written.indexOf("=");
  const path = written.slice(sign + 1);
  const key = sign === -1 ? path.slice(path.lastIndexOf("/") + 1) : written.slice(0, sign);
  const text = textAt(path);
  return text === null ? [] : [{ key, value: made(text, file.place) }];
}

function assigned(text: string, { place }: Node): readonly Pair[] {
  const sign = text.indexOf("=");
  if (sign <= 0) return [];
  const value = text.slice(sign + 1);
  const bare = /^(["'])(.*)\1$/su.exec(value)?.[2] ?? value;
  return [{ key: text.slice(0, sign).trim(), value: made(bare, place) }];
}
