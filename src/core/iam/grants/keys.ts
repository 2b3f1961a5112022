import type { Observation } from "../../rule.ts";
import type { Resource, ResourcesView } from "../../terraform/model.ts";
import { inCode, isDeployed, nameOf, pathsOf, type Reach } from "../../terraform/telling.ts";
import { rootsIn, type SideOfRoot, sideOf, successorsIn } from "../configuration.ts";
import { stated, termOf } from "./terms.ts";

/** Resources that make a key which never runs out by itself, with the argument that says whose it is. */
const holders: Readonly<Record<string, string>> = {
  aws_iam_access_key: "user",
  azuread_application_certificate: "application_id",
  azuread_application_password: "application_id",
  azuread_service_principal_certificate: "service_principal_id",
  azuread_service_principal_password: "service_principal_id",
  google_service_account_key: "service_account_id",
  google_storage_hmac_key: "service_account_email",
};

/** Keys of identities that had none of the configuration before: one that takes the place of another is none more. */
export function newKeys(view: ResourcesView, reach: Reach): readonly Observation[] {
  const successors = successorsIn(view);
  const found = rootsIn(view).flatMap((changes) => {
    const [base, head] = (["base", "head"] as const).map((side) => sideOf(changes, side, successors));
    if (base === undefined || head === undefined) return [];
    const were = new Set(keysOf(base).map(({ whose }) => whose));
    return keysOf(head).filter(
      ({ whose, key }) => !were.has(whose) && isDeployed(changes[0]?.root ?? "", pathsOf(key, []), reach),
    );
  });
  // One block may make many keys, in each root that calls its module.
  const blocks = Map.groupBy(found, ({ key }) => JSON.stringify([key.path, key.written.line]));
  return [...blocks.values()].flatMap((keys): readonly Observation[] => {
    const [first] = keys;
    if (first === undefined) return [];
    const { key, shown } = first;
    const others = new Set(keys.map((one) => one.shown)).size - 1;
    const more = others === 0 ? "" : ` and ${others} other${others === 1 ? "" : "s"}`;
    return [
      {
        at: { path: key.path, side: "head", line: key.written.line },
        about: `${key.path} ${nameOf(key)}#key`,
        message: `${inCode(key.address)} makes a key of ${inCode(shown)}${more} that works from anywhere, and stands in the state`,
        paths: [key.path],
        asks: true,
      },
    ];
  });
}

interface Key {
  readonly key: Resource;
  readonly whose: string;
  readonly shown: string;
}

function keysOf(side: SideOfRoot): readonly Key[] {
  return [...side.byAddress.values()].flatMap((key): readonly Key[] => {
    const holder = key.mode === "managed" ? holders[key.type] : undefined;
    const value = holder === undefined ? null : stated(key.block, holder);
    if (value === null) return [];
    const { id, shown } = termOf(value, side);
    return [{ key, whose: JSON.stringify([key.type, id]), shown }];
  });
}
