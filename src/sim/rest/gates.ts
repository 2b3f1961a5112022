import { z } from "zod";
import { change, installedApp, list, noContent, numberParam, ok, parse, read, type Route } from "../http/call.ts";
import { environmentShape, pendingShape, protectionRuleListShape } from "../shapes/gates.ts";
import { workflowRunOf } from "../state/deployments.ts";
import { reviewGate, waitingOf } from "../state/gates.ts";
import { notFound } from "../state/refused.ts";

const review = z.object({
  environment_name: z.string(),
  state: z.enum(["approved", "rejected"]).optional(),
  comment: z.string().default(""),
});

/** Environments with the apps that are asked before a job deploys there, and what these apps say. */
export const gateRoutes: readonly Route[] = [
  read("/environments", "actions", (call) => {
    const all = [...call.repository.environments.values()];
    return {
      kind: "list",
      total: all.length,
      page: (from, to) => ({
        total_count: all.length,
        environments: all.slice(from, to).map((each) => environmentShape(call.repository, each)),
      }),
    };
  }),
  read("/environments/{environment_name}/deployment_protection_rules", "actions", (call) => {
    const environment = call.repository.environments.get(call.param("environment_name").toLowerCase());
    if (environment === undefined) throw notFound();
    return ok(protectionRuleListShape(environment));
  }),
  read("/actions/runs/{run_id}/pending_deployments", "actions", (call) => {
    const run = workflowRunOf(call.repository, numberParam(call, "run_id"));
    return list(waitingOf(call.repository, run), (each) => pendingShape(call.repository, each));
  }),
  change("POST", "/actions/runs/{run_id}/deployment_protection_rule", ["deployments"], "refused", (call) => {
    const run = workflowRunOf(call.repository, numberParam(call, "run_id"));
    const body = parse(review, call.body);
    reviewGate(call.world, call.repository, run, {
      app: installedApp(call),
      environment: body.environment_name,
      state: body.state ?? null,
      comment: body.comment,
    });
    return noContent();
  }),
];
