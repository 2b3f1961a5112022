import type { HclBlock, HclValue } from "../../hcl.ts";
import type { Observation } from "../../rule.ts";
import { fatesOf } from "../../terraform/fates.ts";
import type { Resource, ResourcesView } from "../../terraform/model.ts";
import { inCode, isDeployed, nameOf, pathsOf, type Reach } from "../../terraform/telling.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import { conjunctsOf, impliesAll } from "../google/conditions.ts";
import { short } from "./observations.ts";

/** An argument that says whose tokens are trusted. `condition`: a test; `named`: one text; `listed`: each of a list is trusted. */
interface Trusted {
  readonly path: string;
  readonly form: "condition" | "named" | "listed";
  /** Where nothing is stated, everything passes. */
  readonly openWithout: boolean;
}

/** https://cloud.google.com/iam/docs/workload-identity-federation, https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation */
const trusts: Readonly<Record<string, readonly Trusted[]>> = {
  google_iam_workload_identity_pool_provider: [
    { path: "attribute_condition", form: "condition", openWithout: true },
    { path: "oidc.issuer_uri", form: "named", openWithout: false },
    { path: "oidc.allowed_audiences", form: "listed", openWithout: false },
    { path: "aws.account_id", form: "named", openWithout: false },
  ],
  google_iam_workforce_pool_provider: [
    { path: "attribute_condition", form: "condition", openWithout: true },
    { path: "oidc.issuer_uri", form: "named", openWithout: false },
  ],
  azuread_application_federated_identity_credential: federated("audiences"),
  azuread_application_flexible_federated_identity_credential: [
    { path: "issuer", form: "named", openWithout: false },
    { path: "claims_matching_expression", form: "named", openWithout: false },
  ],
  azurerm_federated_identity_credential: federated("audience"),
};

function federated(audience: string): readonly Trusted[] {
  return [
    { path: "issuer", form: "named", openWithout: false },
    { path: "subject", form: "named", openWithout: false },
    { path: audience, form: "listed", openWithout: false },
  ];
}

/** Tokens of others that are newly trusted, by a trust that stood there before or by one without any condition. */
export function federationObservations(view: ResourcesView, reach: Reach): readonly Observation[] {
  const readdressed = new Map(fatesOf(view).flatMap((fate) => ("after" in fate ? [[fate.after, fate.before]] : [])));
  const found = view.resources.flatMap(({ root, before, after, explainedBy }): readonly Observation[] => {
    const own = after === undefined ? undefined : trusts[after.type];
    if (after?.mode !== "managed" || own === undefined || !isDeployed(root, pathsOf(after, explainedBy), reach))
      return [];
    const old = before ?? readdressed.get(after);
    return old === undefined ? newTrust(after) : own.flatMap((one) => compare(one, old, after));
  });
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

/** Issuers that sign tokens for everybody who asks: without a condition each of them is let in. */
const shared =
  /^https:\/\/(?:token\.actions\.githubusercontent\.com|gitlab\.com|app\.terraform\.io|agent\.buildkite\.com)(?:\/|$)/u;

function newTrust(after: Resource): readonly Observation[] {
  if (after.type !== "google_iam_workload_identity_pool_provider") return [];
  const issuer = valueAt(after.block, "oidc.issuer_uri");
  if (issuer === null || valueAt(after.block, "attribute_condition") !== null) return [];
  const where = placed(after, "attribute_condition", "oidc.issuer_uri");
  const whose = inCode(short(textOf(issuer)));
  const all = `${inCode(after.address)} trusts every token of ${whose}, which signs them for everybody: \`attribute_condition\` is not set`;
  if (issuer.kind !== "literal")
    return [
      {
        ...where,
        undecided: `whether ${whose}, of which ${inCode(after.address)} trusts every token, signs them for everybody`,
      },
    ];
  return shared.test(String(issuer.value)) ? [{ ...where, message: all, paths: [after.path] }] : [];
}

function placed(after: Resource, path: string, otherwise = path): Pick<Observation, "at" | "about"> {
  const line = lineAt(after.written, path) ?? lineAt(after.written, otherwise) ?? after.written.line;
  return { at: { path: after.path, side: "head", line }, about: `${after.path} ${nameOf(after)}#${path}` };
}

function compare({ path, form, openWithout }: Trusted, before: Resource, after: Resource): readonly Observation[] {
  const [was, is] = [valueAt(before.block, path), valueAt(after.block, path)];
  if (was === null && (openWithout || is === null || form === "listed")) return [];
  const texts = [was, is].map((value) => (value === null ? "not set" : inCode(short(textOf(value)))));
  const [old = "", fresh = ""] = texts;
  if (old === fresh && was !== null && is !== null && textOf(was) === textOf(is)) return [];
  const where = placed(after, path);
  const shown = `\`${path}\` of ${inCode(after.address)}: ${old} before, ${fresh} now`;
  const tell = (words: string, sure: boolean): readonly Observation[] => [
    { ...where, message: `${words}: ${shown}`, paths: [after.path], ...(sure ? {} : { asks: true as const }) },
  ];
  switch (form) {
    case "condition": {
      if (is === null) return tell("every token of the issuer is newly trusted", true);
      if (was?.kind !== "literal" || is.kind !== "literal")
        return [{ ...where, undecided: `which tokens are newly trusted: ${shown}` }];
      const [demands, given] = [conjunctsOf(String(was.value)), conjunctsOf(String(is.value))];
      return impliesAll(given, demands)
        ? []
        : tell(
            "other tokens may be trusted than before",
            given.some((one) => /^true$/iu.test(one)),
          );
    }
    case "named":
      if (is === null) return [];
      if (is.kind !== "literal") return [{ ...where, undecided: `whose tokens are newly trusted: ${shown}` }];
      return isNarrower(was, is) ? [] : tell("other tokens are newly trusted", false);
    case "listed": {
      const items = (value: HclValue | null): readonly string[] =>
        value?.kind === "list" ? value.items.map(textOf) : value === null ? [] : [textOf(value)];
      const newly = items(is).filter((item) => !items(was).includes(item));
      return newly.length === 0
        ? []
        : tell(`tokens for ${newly.map((one) => inCode(short(one))).join(", ")} are newly trusted`, false);
    }
  }
}

/** A wildcard of the text before takes in the text now. */
function isNarrower(was: HclValue | null, is: HclValue): boolean {
  if (was?.kind !== "literal") return false;
  const [wide, narrow] = [textOf(was), textOf(is)];
  return wide.endsWith("*") && !wide.slice(0, -1).includes("*") && narrow.startsWith(wide.slice(0, -1));
}

/** What stands at `oidc.issuer_uri`; null where nothing does. */
function valueAt({ body }: HclBlock, path: string): HclValue | null {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    const value = attributeOf(body, head);
    return value === undefined || (value.kind === "literal" && (value.value === null || value.value === ""))
      ? null
      : value;
  }
  const inner = body.blocks.find(({ type }) => type === head);
  return inner === undefined ? null : valueAt(inner, rest.join("."));
}

function lineAt({ body }: HclBlock, path: string): number | null {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) return body.attributes.find(({ name }) => name === head)?.line ?? null;
  const inner = body.blocks.find(({ type }) => type === head);
  return inner === undefined ? null : (lineAt(inner, rest.join(".")) ?? inner.line);
}
