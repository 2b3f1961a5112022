import type { HclValue } from "../../hcl.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { SideOfRoot } from "../configuration.ts";
import type { Term } from "../grants/grant.ts";
import { identityOfText, readText, referenceIn, soleReference, textAt, type TextOf } from "../grants/terms.ts";

/** Sorts of members whose names are addresses of mail: they are compared in lower case. cloud.google.com/iam/docs/principal-identifiers */
const mailed = /^(?:user|group|serviceAccount|domain):/u;

/** A member: an account of the configuration is the same however it is written, by its address or by its name. */
export function memberOf(value: HclValue, side: SideOfRoot): Term {
  const text = readText(value);
  const account = accountIn(text, side);
  if (account !== null) {
    const address = side.renamed(account);
    return { id: `serviceAccount:\${${address}}`, shown: text.shown, literal: text.literal, address };
  }
  const id = identityOfText(text, side);
  return {
    id: mailed.test(id) && text.literal !== null ? lowered(id) : id,
    shown: text.shown,
    literal: text.literal,
    address: null,
  };
}

function lowered(id: string): string {
  const at = id.indexOf(":") + 1;
  return `${id.slice(0, at)}${id.slice(at).toLowerCase()}`;
}

/** The address of the service account that a member is, where the configuration makes it. */
function accountIn(text: TextOf, side: SideOfRoot): string | null {
  const direct = soleReference(text);
  if (direct?.attribute === "member" && isAccount(direct.address, side)) return direct.address;
  const [first, second] = text.parts;
  const mail =
    text.parts.length === 2 && first?.text === "serviceAccount:" && second !== undefined
      ? referenceIn(second.text)
      : null;
  if (mail?.attribute === "email" && isAccount(mail.address, side)) return mail.address;
  return text.literal?.startsWith("serviceAccount:") === true
    ? accountOfMail(text.literal.slice("serviceAccount:".length), side)
    : null;
}

function isAccount(address: string, { byAddress }: SideOfRoot): boolean {
  const found = byAddress.get(address);
  return found?.type === "google_service_account" && found.mode === "managed";
}

/** The account of the configuration with that address of mail: the only one of its name, in no other project as far as that is stated. */
export function accountOfMail(mail: string, { byAddress }: SideOfRoot): string | null {
  const [, id = "", project = ""] = /^([^@]+)@([^.]+)\.iam\.gserviceaccount\.com$/u.exec(mail.toLowerCase()) ?? [];
  if (id === "") return null;
  const found = [...byAddress.values()].filter(({ type, mode, block }) => {
    if (type !== "google_service_account" || mode !== "managed" || textAt(block, "account_id") !== id) return false;
    const stated = attributeOf(block.body, "project");
    return stated?.kind !== "literal" || stated.value === null || stated.value === project;
  });
  return found.length === 1 ? (found[0]?.address ?? null) : null;
}

/** Everybody, with an account of Google or without. */
export function isAnybody({ literal }: Term): boolean {
  return literal === "allUsers" || literal === "allAuthenticatedUsers";
}

/** Accounts that Google runs services with. https://cloud.google.com/iam/docs/service-agents */
export function isOfGoogle({ id }: Term): boolean {
  return /^serviceAccount:(?:service-[^@]+@[^.]+\.iam\.gserviceaccount\.com|[^@]+@(?:gcp-sa-[\w-]+|cloudservices|cloudbuild)(?:\.iam)?\.gserviceaccount\.com)$/u.test(
    id,
  );
}

/** Whether whoever is the one is the other as well, by their names alone. */
export function coversMember(wide: Term, narrow: Term): boolean {
  const [from, to] = [wide.id, narrow.id];
  if (from === "allUsers") return true;
  if (from === "allAuthenticatedUsers") return to !== "allUsers";
  const domain = /^domain:(.+)$/u.exec(from)?.[1];
  // Groups of a domain may have members of others.
  if (domain !== undefined) return to.startsWith("user:") && to.endsWith(`@${domain}`);
  const pool = /^principalSet:\/\/(.+\/(?:workloadIdentityPools|workforcePools)\/[^/]+)\/\*$/u.exec(from)?.[1];
  if (pool === undefined) return false;
  return to.startsWith(`principal://${pool}/`) || to.startsWith(`principalSet://${pool}/`);
}

/** Arguments that name an account in a grant of BigQuery. */
export const accountArguments = ["user_by_email", "group_by_email", "domain", "special_group", "iam_member"] as const;
