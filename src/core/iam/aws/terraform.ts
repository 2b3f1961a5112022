import { byCodeUnits } from "../../../lib/order.ts";
import { fatesOf } from "../../terraform/fates.ts";
import type { Resource, ResourceChange, ResourcesView } from "../../terraform/model.ts";
import { type HolderChange, joinedHoldings } from "./holders.ts";
import { asResource, callPieces, callType } from "./terraform-calls.ts";
import { documentOfData } from "./terraform-documents.ts";
import { identityPieces } from "./terraform-identities.ts";
import { organisationPieces } from "./terraform-organisations.ts";
import { documentIn, kindOfLoose, type Piece, pieceOf } from "./terraform-pieces.ts";
import { type Configuration, configurationOf } from "./terraform-references.ts";
import { resourcePieces } from "./terraform-resources.ts";

/** Everything that the roots of a change attach to something, on both sides. */
export function terraformHolders(view: ResourcesView): readonly HolderChange[] {
  const successors = new Map(
    fatesOf(view).flatMap((fate) => ("after" in fate ? [[fate.before, fate.after.address] as const] : [])),
  );
  const calls = view.modules.map(
    (call): ResourceChange => ({ ...call, before: asResource(call.before), after: asResource(call.after) }),
  );
  const roots = Map.groupBy([...view.resources, ...calls], ({ root, variables }) => JSON.stringify([root, variables]));
  return [...roots.values()].flatMap((changes) => holdersIn(changes, successors));
}

function holdersIn(
  changes: readonly ResourceChange[],
  successors: ReadonlyMap<Resource, string>,
): readonly HolderChange[] {
  const [base, head] = (["base", "head"] as const).map((side) => configurationOf(changes, side, successors));
  if (base === undefined || head === undefined) return [];
  const [was, is] = [base, head].map((one) => Map.groupBy(piecesOf(one), ({ kind, key }) => `${kind}:${key}`));
  const keys = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].toSorted(byCodeUnits);
  const stoodAt = new Set([...base.byAddress.keys()].map(base.renamed));
  const explained = new Map(
    changes.flatMap(({ before, after, explainedBy }) =>
      [before, after].flatMap((one) =>
        one === undefined ? [] : [[one, explainedBy.map(({ path }) => path)] as const],
      ),
    ),
  );
  return keys.flatMap((key): readonly HolderChange[] => {
    const [old, fresh] = [was?.get(key) ?? [], is?.get(key) ?? []];
    const [first] = [...fresh, ...old];
    if (first === undefined || [...old, ...fresh].every(({ attached }) => attached)) return [];
    const parts = [...old, ...fresh].map(({ from }) => from);
    const own = /^\w+:at:(.*)$/u.exec(key)?.[1];
    const [root] = changes;
    return [
      {
        kind: first.kind,
        name: first.name,
        // What has no block in this root stands somewhere else.
        stood: own === undefined || isOutside(own) || stoodAt.has(own),
        stands: own === undefined || isOutside(own) || head.byAddress.has(own),
        before: joinedHoldings(old.map(({ holding }) => holding)),
        after: joinedHoldings(fresh.map(({ holding }) => holding)),
        root: root?.root ?? "",
        paths: [...new Set(parts.flatMap((part) => [part.path, ...(explained.get(part) ?? [])]))].toSorted(byCodeUnits),
        at: { path: first.from.path, side: fresh.length > 0 ? "head" : "base", line: first.from.written.line },
      },
    ];
  });
}

/** What a data source looks up was there before, and stays; a document is made where it stands. */
function isOutside(address: string): boolean {
  return /(?:^|\.)data\.(?!aws_iam_policy_document\.)/u.test(address);
}

function piecesOf(configuration: Configuration): readonly Piece[] {
  const resources = [...configuration.byAddress.values()];
  const managed = resources.filter(({ mode }) => mode === "managed");
  const pieces = managed.flatMap((resource) =>
    resource.type === callType
      ? callPieces(resource, configuration)
      : (identityPieces(resource, configuration) ??
        organisationPieces(resource, configuration) ??
        resourcePieces(resource, configuration)),
  );
  const policies = managed.filter(({ type }) => type === "aws_iam_policy");
  const loose = policies.map((policy) => ({
    policy,
    holding: documentIn(policy, "policy", configuration),
  }));
  const documents = resources.filter(({ type }) => type === "aws_iam_policy_document");
  const data = documents.map((one) => {
    const holding = documentOfData(one, configuration);
    return {
      data: one,
      holding: { ...holding, statements: holding.statements.map((statement) => ({ ...statement, loose: true })) },
    };
  });
  // Only when all is read it is known what is used.
  return [
    ...pieces,
    ...loose.map(({ policy, holding }) => ({
      ...pieceOf("identity", policy, `policy \`${policy.address}\``, holding, configuration),
      attached: configuration.used.has(policy.address),
    })),
    ...data.map(({ data: one, holding }) => ({
      ...pieceOf(kindOfLoose(holding), one, `document \`${one.address}\``, holding, configuration),
      attached: configuration.used.has(one.address),
    })),
  ];
}
