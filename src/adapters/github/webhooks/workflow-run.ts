import { z } from "zod";
import { runsBranch } from "../../../core/deployments/evidence.ts";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({
  action: z.string(),
  workflow_run: z.looseObject({ event: z.string() }),
});

/**
 * A workflow has come to its end: it may be one that deploys, with a deployment or without. Those of pull requests never count, and they
 * are most of all runs.
 */
export const workflowRun: Reader = (payload) => {
  const { action, installation, repository, workflow_run: run } = schema.parse(payload);
  if (action !== "completed" || !runsBranch(run.event)) return [];
  const at = { installationId: installation.id, repository };
  return [changed({ kind: "sweep_repository", ...at }), changed({ kind: "aftermath", ...at })];
};
