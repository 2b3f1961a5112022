import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import {
  buildSchema,
  defaultFieldResolver,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { z } from "zod";
import type { Call } from "../http/call.ts";
import { Refused } from "../state/refused.ts";
import { mutationRoot } from "./mutations.ts";
import { queryRoot } from "./query.ts";

const request = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullable().optional(),
  operationName: z.string().nullable().optional(),
});
const named = z.object({ __typename: z.string() });

let loaded: GraphQLSchema | undefined;

/** GitHub's published schema. Read as a file: importing the package would parse five megabytes of JSON. */
function githubSchema(): GraphQLSchema {
  if (loaded === undefined) {
    const manifest = findPackageJSON("@octokit/graphql-schema", import.meta.url);
    if (manifest === undefined)
      throw new Error("Cannot read GitHub's GraphQL schema: install @octokit/graphql-schema.");
    loaded = buildSchema(readFileSync(join(dirname(manifest), "schema.graphql"), "utf8"), { assumeValid: true });
  }
  return loaded;
}

/** A field that the fake has not been taught must not look like a field without a value. */
const fieldResolver: GraphQLFieldResolver<unknown, Call> = (source, args, call, info) => {
  const value: unknown = defaultFieldResolver(source, args, call, info);
  if (value === undefined)
    throw new Error(`The fake GitHub does not know the field ${info.parentType.name}.${info.fieldName} yet.`);
  return value;
};

/** Runs one document as GitHub does: errors of any kind come with status 200. */
export async function runGraphql(call: Call, body: unknown): Promise<unknown> {
  if (call.identity.kind === "anonymous" || call.identity.kind === "app")
    throw new Refused(401, "Requires authentication");
  const wanted = request.safeParse(body);
  if (!wanted.success) return failed("A query attribute must be specified and must be a string.");
  const schema = githubSchema();
  let document: ReturnType<typeof parse>;
  try {
    document = parse(wanted.data.query);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const invalid = validate(schema, document);
  if (invalid.length > 0) return { errors: invalid.map(({ message, locations }) => ({ message, locations })) };
  const isMutation = document.definitions.some(
    (each): each is OperationDefinitionNode => each.kind === "OperationDefinition" && each.operation === "mutation",
  );
  const result = await execute({
    schema,
    document,
    rootValue: isMutation ? mutationRoot(call) : queryRoot(call),
    variableValues: wanted.data.variables ?? {},
    operationName: wanted.data.operationName ?? null,
    contextValue: call,
    fieldResolver,
    typeResolver: (value) => named.parse(value).__typename,
  });
  if (result.errors === undefined) return result;
  const errors = result.errors.map((error) => ({
    ...(error.originalError instanceof Refused ? { type: typeOf(error.originalError) } : {}),
    path: error.path,
    locations: error.locations,
    message: error.message,
  }));
  return { data: result.data, errors };
}

function typeOf(refused: Refused): string {
  if (refused.status === 404) return "NOT_FOUND";
  return refused.status === 403 ? "FORBIDDEN" : "UNPROCESSABLE";
}

function failed(message: string): object {
  return { errors: [{ message }] };
}
