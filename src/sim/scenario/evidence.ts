import { createHash, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { evidencePath } from "../../server/evidence.ts";
import type { SimRepository } from "../facade/repository.ts";
import type { Particulars } from "./acts.ts";
import { publicUrl, tokenWith } from "./issuer.ts";
import { plannedConfiguration } from "./planned-configuration.ts";
import type { Serving } from "./serving.ts";
import { type Stage, Unplayable } from "./stage.ts";
import { StepFailed } from "./step-failed.ts";

type Given = Particulars<"evidence">;

const lastTokenOf = new WeakMap<Stage, string>();

/** A workflow runs, and from within it evidence is sent. @throws StepFailed where the server answers otherwise than the step expects */
export async function bringEvidence(given: Given, stage: Stage, serving: Serving): Promise<void> {
  const repository = stage.whose(given.fork);
  const pull = stage.pull(given.on);
  const sha = given.at === undefined ? pull.headSha : stage.commit(given.at);
  const isPull = given.event.startsWith("pull_request");
  const branch = isPull ? pull.state.head.ref : "main";
  const run = repository.runWorkflow(stage.actions().state, {
    path: given.workflow,
    event: given.event,
    branch,
    sha,
    actor: stage.account(given.by),
    job: "plan",
    conclusion: null,
  });
  for (let times = 1; times <= given.times; times += 1) {
    const ref = isPull ? `refs/pull/${pull.number}/merge` : `refs/heads/${branch}`;
    const token = tokenFor(given, repository, { runId: run.id, ref, sha }, stage);
    const { status, text } = await send(bodyOf(given, times, repository, sha), given, token, serving);
    if (status !== given.answered && times === given.times) {
      throw new StepFailed(`The server was to answer ${given.answered}, and answered ${status}: ${text}`);
    }
    if (given.says !== undefined && times === given.times && !text.includes(given.says)) {
      throw new StepFailed(`The server was to say "${given.says}", and said: ${text}`);
    }
  }
  repository.endWorkflow(run);
}

function bodyOf(given: Given, times: number, { state }: SimRepository, sha: string): string {
  if (given.body !== undefined) return given.body;
  if (given.evidence !== "plan") return JSON.stringify(sarifOf(given));
  return JSON.stringify({ ...planOf(given, times), configuration: plannedConfiguration(state, sha, given.root) });
}

async function send(
  body: string,
  given: Given,
  token: string | null,
  serving: Serving,
): Promise<{ readonly status: number; readonly text: string }> {
  const { evidence, root, workspace } = given;
  const query = new URLSearchParams({
    kind: evidence === "plan" ? "terraform-plan" : "sarif",
    root,
    ...(workspace === undefined ? {} : { workspace }),
    sha256: createHash("sha256").update(body).digest("hex"),
  });
  const headers = {
    "content-encoding": "gzip",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  return await serving.post(`${evidencePath}?${query.toString()}`, Uint8Array.from(gzipSync(body)), headers);
}

function tokenFor(
  given: Given,
  repository: SimRepository,
  run: { readonly runId: number; readonly ref: string; readonly sha: string },
  stage: Stage,
): string | null {
  if (given.token === "none") return null;
  if (given.token === "again") {
    const last = lastTokenOf.get(stage);
    if (last === undefined) throw new Unplayable("No token has been used yet.");
    return last;
  }
  const { owner, name, id } = repository.state;
  const here = `${owner.login}/${name}`;
  const elsewhere = given.token === "elsewhere";
  const nowSeconds = Math.floor(stage.clock.nowMs / 1_000);
  const isPull = given.event.startsWith("pull_request");
  const claims = {
    iss: `${stage.github.url}/_services/token`,
    aud: publicUrl,
    jti: randomUUID(),
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + (given.token === "ended" ? -1 : 300),
    repository: elsewhere ? "acme/other" : here,
    repository_id: String(elsewhere ? id + 1_000 : id),
    run_id: String(run.runId),
    run_attempt: "1",
    event_name: given.event,
    actor_id: String(stage.account(given.by).id),
    sha: run.sha,
    ref: run.ref,
    base_ref: isPull ? given.base : "",
    workflow_ref: `${here}/${given.workflow}@${run.ref}`,
    job_workflow_ref: given.job.replace("{ref}", run.ref),
  };
  const token = tokenWith(claims, given.token === "forged");
  lastTokenOf.set(stage, token);
  return token;
}

const plannedMs = Date.UTC(2026, 2, 2, 9);

/** A plan as `terraform show -json` prints it, as far as it is read. */
function planOf({ plans, complete, errored }: Given, times: number): object {
  const rows = Object.entries(plans).map(([address, action]) => {
    const [type = "", name = ""] = address.split(".");
    const actions = action === "replace" ? ["delete", "create"] : [action];
    const before = action === "create" ? null : { id: "a", size: 1 };
    const after = action === "delete" ? null : { id: "a", size: action === "no-op" ? 1 : 2 };
    const marks = { before_sensitive: false, after_sensitive: false, after_unknown: {} };
    return {
      address,
      mode: "managed",
      type,
      name,
      provider_name: "registry.terraform.io/hashicorp/aws",
      change: { actions, before, after, ...marks },
    };
  });
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    timestamp: new Date(plannedMs + times * 1_000).toISOString(),
    resource_changes: rows,
    applyable: true,
    ...(complete === null ? {} : { complete }),
    errored,
  };
}

function sarifOf({ tool, finds }: Given): object {
  const results = finds.map(({ rule, path, level, lines, message, suppressed }) => ({
    ruleId: rule,
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: path },
          ...(lines === undefined ? {} : { region: { startLine: lines[0], endLine: lines[1] } }),
        },
      },
    ],
    ...(suppressed === undefined ? {} : { suppressions: [{ kind: "inSource" }] }),
  }));
  return { version: "2.1.0", runs: [{ tool: { driver: { name: tool } }, results }] };
}
