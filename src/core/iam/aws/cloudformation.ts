import { byCodeUnits } from "../../../lib/order.ts";
import type { Side } from "../../change/change-set.ts";
import { child, type Tree } from "../../views/documents.ts";
import { identityPieces } from "./cloudformation-identities.ts";
import { type Piece, type Reader, resourcesOf, told } from "./cloudformation-reading.ts";
import { resourcePieces } from "./cloudformation-resources.ts";
import { type HolderChange, joinedHoldings, nothingHeld } from "./holders.ts";

type PlacedPiece = Piece & { readonly line: number };

/** What the resources of a template of CloudFormation, SAM or the CDK attach to something. Empty where it is no template. */
export function templateHolders(path: string, before: Tree | null, after: Tree | null): readonly HolderChange[] {
  const [was, is] = [
    Map.groupBy(piecesOf(before, path, "base"), ({ kind, key }) => `${kind}:${key}`),
    Map.groupBy(piecesOf(after, path, "head"), ({ kind, key }) => `${kind}:${key}`),
  ];
  const [stood, stands] = [before, after].map(
    (template) => new Set((template === null ? [] : resourcesOf(template)).map(({ key }) => key)),
  );
  return [...new Set([...was.keys(), ...is.keys()])].toSorted(byCodeUnits).flatMap((key): readonly HolderChange[] => {
    const [old, fresh] = [was.get(key) ?? [], is.get(key) ?? []];
    const [first] = [...fresh, ...old];
    if (first === undefined) return [];
    const own = /^\w+:at:(.*)$/u.exec(key)?.[1];
    return [
      {
        kind: first.kind,
        name: first.name,
        stood: own === undefined || stood?.has(own) === true,
        stands: own === undefined || stands?.has(own) === true,
        before: joinedHoldings(old.map(({ holding }) => holding)),
        after: joinedHoldings(fresh.map(({ holding }) => holding)),
        root: null,
        paths: [path],
        at: { path, side: fresh.length > 0 ? "head" : "base", line: first.line },
      },
    ];
  });
}

function piecesOf(template: Tree | null, path: string, side: Side): readonly PlacedPiece[] {
  if (template === null) return [];
  const resources = resourcesOf(template);
  const reader: Reader = { path, side, resources: new Map(resources.map((one) => [one.key, one])) };
  const pieces = resources.flatMap((resource) =>
    (identityPieces(resource, reader) ?? resourcePieces(resource, reader)).map((piece) => ({
      ...piece,
      line: resource.line,
    })),
  );
  return [...pieces, ...loopsOf(template, reader)];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html */
function loopsOf(template: Tree, reader: Reader): readonly PlacedPiece[] {
  const resources = child(template, "Resources");
  if (resources?.kind !== "map") return [];
  return resources.entries.flatMap(({ key, value }): readonly PlacedPiece[] => {
    const text = told(value, reader);
    if (!key.startsWith("Fn::ForEach::") || !/AWS::IAM::|Statement/u.test(text)) return [];
    const { line } = value.span;
    const at = { path: reader.path, side: reader.side, line };
    const holding = { ...nothingHeld, unread: [{ text: `${key} ${text}`, at }] };
    return [{ key: `named:${key}`, kind: "identity", name: `loop \`${key}\``, holding, line }];
  });
}
