import { canonicalJson } from "../../lib/canonical-json.ts";
import type { KnownRule } from "./context.ts";
import { fileName, type PolicyDocument } from "./parse.ts";
import { inForce, type PolicySource, readJoined } from "./reading.ts";
import { operationOf } from "./resolve.ts";
import type { Operation } from "./schema.ts";
import { placeKey } from "./yaml.ts";

/** A planned operation in force, and every place that states it, as `file:line:column`. */
export interface PlannedAt {
  readonly operation: Operation;
  readonly at: readonly string[];
}

/** Where the planned operations in force come from, in the order of the policy. None where the files cannot be joined. */
export function operationOrigins(sources: readonly PolicySource[], rules: readonly KnownRule[]): readonly PlannedAt[] {
  const { files, policy } = readJoined(inForce(sources, rules), rules);
  if (policy === null) return [];
  const documents = [files.organisation, files.defaultBranch, files.baseBranch, ...files.operations];
  const stated = documents.flatMap((document) => (document === null ? [] : statedIn(document, policy.timezone)));
  return policy.operations.map((operation) => {
    const form = canonicalJson(operation);
    return { operation, at: stated.filter((one) => one.form === form).map(({ at }) => at) };
  });
}

function statedIn(
  { source, statement, located }: PolicyDocument,
  timezone: string,
): readonly { readonly form: string; readonly at: string }[] {
  return (statement.operations ?? []).map((operation, index) => {
    const { line, column } = located.places.get(placeKey(["operations", index]))?.value ?? { line: 1, column: 1 };
    return { form: canonicalJson(operationOf(operation, timezone)), at: `${fileName(source)}:${line}:${column}` };
  });
}
