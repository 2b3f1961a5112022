import { runGraphql } from "../graphql/execute.ts";
import { ok, type Route, route } from "../http/call.ts";

export const graphqlRoutes: readonly Route[] = [
  route("POST", "/graphql", { kind: "anyone" }, async (call) => ok(await runGraphql(call, call.body))),
];
