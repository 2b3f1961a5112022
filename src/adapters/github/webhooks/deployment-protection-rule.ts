import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({
  environment: z.string().min(1),
  deployment_callback_url: z.string(),
});
const runPath = /^\/repos\/[^/]+\/[^/]+\/actions\/runs\/(?<run>\d{1,15})\/deployment_protection_rule$/u;

/**
 * A job waits for its environment. The run is named nowhere but in the address that GitHub wants to be answered at: it is read from there
 * if that is an address of the API that this App asks, and nothing is ever sent to it. https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/create-custom-protection-rules
 */
export const deploymentProtectionRule: Reader = (payload, app) => {
  const { installation, repository, environment, deployment_callback_url: callback } = schema.parse(payload);
  const installationId = installation.id;
  const runId = runOf(callback, app.apiUrl);
  // What waits is found by the sweep as well, without the address.
  if (runId === null) return [changed({ kind: "sweep_repository", installationId, repository })];
  return [changed({ kind: "deployment", installationId, repository, runId, environment, asks: "rule" })];
};

function runOf(callback: string, apiUrl: string): number | null {
  if (!URL.canParse(callback)) return null;
  const { origin, pathname, username, password } = new URL(callback);
  const api = new URL(apiUrl);
  const below = api.pathname.replace(/\/$/u, "");
  if (origin !== api.origin || username !== "" || password !== "" || !pathname.startsWith(`${below}/repos/`))
    return null;
  const run = runPath.exec(pathname.slice(below.length))?.groups?.["run"];
  return run === undefined ? null : Number(run);
}
