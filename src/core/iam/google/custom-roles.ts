import type { HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Role } from "../grants/grant.ts";
import { identityOfText, readText, soleReference, textAt } from "../grants/terms.ts";

/** A role by its name, or one that the configuration defines. */
export function roleOf(value: HclValue, side: SideOfRoot): Role {
  const text = readText(value);
  const reference = soleReference(text);
  const direct = reference === null ? undefined : side.byAddress.get(reference.address);
  const custom = direct ?? (text.literal === null ? undefined : customNamed(text.literal, side));
  if (custom !== undefined && isCustomRole(custom)) {
    const permissions = permissionsOf(custom);
    const address = side.renamed(custom.address);
    return { id: `\${${address}}`, shown: text.shown, literal: text.literal, address, permissions, isUndecided: false };
  }
  return {
    id: text.literal ?? identityOfText(text, side),
    shown: text.shown,
    literal: text.literal,
    address: null,
    permissions: null,
    isUndecided: text.literal === null && !isKnownName(text.shown),
  };
}

/** The end of a name of a custom role tells it, whatever project is filled in before it. */
function isKnownName(shown: string): boolean {
  return /\/roles\/[\w.]+$/u.test(shown);
}

export function isCustomRole({ type, mode }: Resource): boolean {
  return mode === "managed" && /^google_(?:project|organization)_iam_custom_role$/u.test(type);
}

function customNamed(literal: string, { byAddress }: SideOfRoot): Resource | undefined {
  const id = /^(?:projects|organizations)\/[^/]+\/roles\/([\w.]+)$/u.exec(literal)?.[1];
  const found = [...byAddress.values()].filter((one) => isCustomRole(one) && textAt(one.block, "role_id") === id);
  return id === undefined || found.length !== 1 ? undefined : found[0];
}

/** Null where one of them is an expression. */
export function permissionsOf({ block }: Resource): readonly string[] | null {
  const value = attributeOf(block.body, "permissions");
  if (value?.kind !== "list") return null;
  const texts = value.items.map((item) => (item.kind === "literal" ? String(item.value) : null));
  return texts.includes(null) ? null : texts.flatMap((text) => text ?? []);
}
