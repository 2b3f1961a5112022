import type { ChangeSet, FileVersion, Place } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import type { Tools } from "../syntax.ts";
import { attributeOf, textOf } from "../views/terraform.ts";

/**
 * Providers of which the lock file of a root comes to select another version, by address. Another provider than before may plan another
 * update. https://developer.hashicorp.com/terraform/language/files/dependency-lock
 */
export function upgradesIn({ files }: ChangeSet, tools: Tools, root: string): ReadonlyMap<string, Place> {
  const path = `${root === "" ? "" : `${root}/`}.terraform.lock.hcl`;
  const file = files.find((one) => one.path === path && one.status !== "unchanged");
  if (file === undefined) return new Map();
  const [before, after] = [selected(file.before, tools), selected(file.after, tools)];
  return new Map(
    [...after].flatMap(([provider, { version, line }]): readonly (readonly [string, Place])[] =>
      before.get(provider)?.version === version ? [] : [[provider, { path, side: "head", line }]],
    ),
  );
}

function selected(
  file: FileVersion | null,
  tools: Tools,
): ReadonlyMap<string, { readonly version: string; readonly line: number }> {
  const parsed = file?.content.kind === "text" ? tools.syntax.hcl(file.content.text) : null;
  const blocks: readonly HclBlock[] = parsed?.ok === true ? parsed.value.blocks : [];
  return new Map(
    blocks.flatMap(({ type, labels: [provider], body }) => {
      const version = attributeOf(body, "version");
      if (type !== "provider" || provider === undefined || version === undefined) return [];
      const line = body.attributes.find(({ name }) => name === "version")?.line ?? 1;
      return [[provider, { version: textOf(version), line }] as const];
    }),
  );
}
