import type { HclValue } from "../../hcl.ts";
import type { Resource } from "../../terraform/model.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Scope } from "../grants/grant.ts";
import { identityOfText, readText, referenceIn, stated, type TextOf, textAt } from "../grants/terms.ts";

/** `unknown`: an expression, of which nobody can tell how much lies in it. */
export type AzureLevel = "management group" | "subscription" | "resource group" | "resource" | "directory" | "unknown";
export type AzureScope = Scope<AzureLevel>;

/** A scope that is one text: `/subscriptions/1/resourceGroups/web`. Names are compared in lower case. */
export function scopeOfPath(path: string): AzureScope {
  const id = pathOf(path);
  return { ...plain(id, path, levelOfPath(id)), literal: path, within: aroundPath(id) };
}

/** The scope that a value names. https://learn.microsoft.com/en-us/azure/role-based-access-control/scope-overview */
export function scopeOf(value: HclValue, from: Resource, side: SideOfRoot): AzureScope {
  const text = readText(value);
  if (text.literal !== null) return scopeOfPath(text.literal);
  const [first, ...rest] = text.parts;
  if (first?.kind === "expression") {
    const base = ofExpression(first.text, side);
    if (base !== null) return rest.length === 0 ? { ...base, shown: text.shown } : below(base, rest, text, side);
  }
  const subscription = subscriptionIn(text, from, side);
  if (subscription !== null) return subscription;
  return plain(identityOfText(text, side), text.shown, "unknown");
}

function plain(id: string, shown: string, level: AzureLevel): AzureScope {
  return { id, shown, level, literal: null, address: null, within: [], things: [] };
}

function pathOf(path: string): string {
  const lower = path.trim().toLowerCase();
  return lower.length > 1 ? lower.replace(/\/+$/u, "") : lower;
}

function levelOfPath(path: string): AzureLevel {
  if (path === "/" || /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/u.test(path))
    return "management group";
  if (/^\/subscriptions\/[^/]+$/u.test(path)) return "subscription";
  if (/^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/u.test(path)) return "resource group";
  return path.startsWith("/") ? "resource" : "unknown";
}

/** Everything that a path lies in, the nearest first. */
function aroundPath(path: string): readonly string[] {
  const parts = path.split("/");
  const above = parts.map((_, index) => parts.slice(0, index).join("/")).filter((one) => one !== "");
  return path === "/" ? [] : [...above.toReversed(), "/"];
}

/** What a reference stands for; null where it is no scope. */
function ofExpression(expression: string, side: SideOfRoot): AzureScope | null {
  const reference = referenceIn(expression);
  const found = reference === null ? undefined : side.byAddress.get(reference.address);
  if (reference === null || found === undefined || !found.type.startsWith("azurerm_")) return null;
  const thing = { address: side.renamed(found.address), things: [side.renamed(found.address)] };
  const own = found.mode === "data" ? `\${data.${found.type}#${asked(found)}}` : `\${${thing.address}}`;
  const owner = found.mode === "data" ? { address: null, things: [] } : thing;
  switch (found.type) {
    case "azurerm_subscription":
      return reference.attribute === "id" ? { ...ofSubscription(found), ...owner } : null;
    case "azurerm_management_group":
      return reference.attribute === "id" ? { ...plain(own, expression, "management group"), ...owner } : null;
    case "azurerm_resource_group": {
      if (reference.attribute !== "id") return null;
      const group = groupNamed(attributeOf(found.block.body, "name"), found, side);
      return { ...plain(group ?? own, expression, "resource group"), ...owner, within: [ofProvider(found)] };
    }
    default: {
      if (!/(?:^|_)id$/u.test(reference.attribute)) return null;
      const group = groupNamed(attributeOf(found.block.body, "resource_group_name"), found, side);
      const within = [...(group === null ? [] : [group]), ofProvider(found)];
      return { ...plain(`${own}.${reference.attribute}`, expression, "resource"), ...owner, within };
    }
  }
}

function asked({ block }: Resource): string {
  return block.body.attributes.map(({ name, value }) => `${name}=${textOf(value)}`).join(",");
}

/** The subscription that a provider is configured with. */
function ofProvider({ block }: Resource): string {
  const alias = attributeOf(block.body, "provider");
  return `subscription of ${alias === undefined ? "the provider" : textOf(alias)}`;
}

function ofSubscription(found: Resource): AzureScope {
  const id = textAt(found.block, "subscription_id");
  if (id !== null) return { ...scopeOfPath(`/subscriptions/${id}`) };
  const value = stated(found.block, "subscription_id");
  const name = value === null ? ofProvider(found) : `subscription ${textOf(value)}`;
  return { ...plain(name, `subscription of ${found.address}`, "subscription"), within: ["/"] };
}

/** A resource group of the provider's subscription, by its name. */
function groupNamed(value: HclValue | undefined, from: Resource, side: SideOfRoot): string | null {
  if (value === undefined) return null;
  const text = readText(value);
  const reference = text.parts.length === 1 && text.literal === null ? referenceIn(text.parts[0]?.text ?? "") : null;
  const thing = reference === null ? undefined : side.byAddress.get(reference.address);
  if (thing?.type === "azurerm_resource_group" && thing.mode === "managed" && text.literal === null) {
    const name = stated(thing.block, "name");
    return name === null
      ? null
      : `${ofProvider(from)}/resourcegroups/${identityOfText(readText(name), side).toLowerCase()}`;
  }
  return `${ofProvider(from)}/resourcegroups/${identityOfText(text, side).toLowerCase()}`;
}

function below(base: AzureScope, rest: TextOf["parts"], text: TextOf, side: SideOfRoot): AzureScope {
  const suffix = identityOfText({ ...text, parts: rest }, side).toLowerCase();
  if (!suffix.startsWith("/")) return plain(identityOfText(text, side), text.shown, "unknown");
  const isGroup = base.level === "subscription" && /^\/resourcegroups\/[^/]+$/u.test(suffix);
  return {
    ...plain(`${base.id}${suffix}`, text.shown, isGroup ? "resource group" : "resource"),
    things: base.things,
    within: [base.id, ...base.within],
  };
}

/** `/subscriptions/${...}` and what lies below it. */
function subscriptionIn(text: TextOf, from: Resource, side: SideOfRoot): AzureScope | null {
  const [prefix, expression, ...rest] = text.parts;
  if (prefix?.kind !== "text" || prefix.text.toLowerCase() !== "/subscriptions/" || expression === undefined)
    return null;
  const reference = referenceIn(expression.text);
  const found = reference === null ? undefined : side.byAddress.get(reference.address);
  const own = found?.type === "azurerm_subscription" || found?.type === "azurerm_client_config";
  const base: AzureScope = own
    ? found.type === "azurerm_subscription"
      ? ofSubscription(found)
      : { ...plain(ofProvider(found), text.shown, "subscription"), within: ["/"] }
    : {
        ...plain(
          `/subscriptions/${identityOfText({ ...text, parts: [expression] }, side)}`,
          text.shown,
          "subscription",
        ),
        within: ["/"],
      };
  return rest.length === 0 ? { ...base, shown: text.shown } : below(base, rest, text, side);
}
