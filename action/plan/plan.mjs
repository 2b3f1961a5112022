// Sends a plan, or what a scanner found, to Sallyport. Without any dependency: what handles plans should be read in one sitting.
// The state is never sent: with `state: mark` its lineage and its serial are, and nothing else of it leaves this process.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, realpathSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const requestMs = 60_000;
const answerLimit = 64 * 1024;
/** As much as Sallyport takes. */
const bodyLimitBytes = 32 * 1024 * 1024;
/** As much as a plan may have before what is not judged is left out of it. */
const shownLimitBytes = 512 * 1024 * 1024;
const pauseMs = 5_000;
const run = promisify(execFile);

/** A reason to fail that another try does not mend. */
class Refused extends Error {}

async function main() {
  const url = new URL(needed("INPUT_URL", "Give the address of Sallyport as `url`."));
  if (url.protocol !== "https:" && url.hostname !== "127.0.0.1") throw new Refused("`url` must be an https address.");
  const [plan, sarif] = [input("PLAN"), input("SARIF")];
  if ((plan === "") === (sarif === "")) throw new Refused("Give either `plan` or `sarif`.");
  const folder = resolve(process.env["GITHUB_WORKSPACE"] || ".", input("WORKING-DIRECTORY") || ".");
  const root = rootOf(folder);
  const query = plan === "" ? { kind: "sarif", root } : { kind: "terraform-plan", root, ...(await marks(folder)) };
  const body = plan === "" ? readLimited(resolve(folder, sarif)) : await shown(folder, plan);
  if (body.length > bodyLimitBytes) {
    throw new Refused(`It has ${body.length} bytes, and Sallyport takes ${bodyLimitBytes}: split the root configuration, or scan fewer files.`);
  }
  const sha256 = createHash("sha256").update(body).digest("hex");
  const taken = await sent(url, { ...query, sha256 }, gzipSync(body));
  say(`Sallyport has taken it for ${taken.head_sha}: ${JSON.stringify(taken.understood)}`);
  output("id", String(taken.id));
}

/** The folder as the repository has it. */
function rootOf(folder) {
  const workspace = realpathSync(process.env["GITHUB_WORKSPACE"] || ".");
  const path = relative(workspace, realpathSync(folder)).replaceAll("\\", "/");
  if (path.startsWith("..")) throw new Refused("`working-directory` lies outside of the repository.");
  return path === "" ? "." : path;
}

/** Workspace, and with `state: mark` which state the plan was made from. */
async function marks(folder) {
  const workspace = input("WORKSPACE") || (await terraform(folder, ["workspace", "show"], 64 * 1024)).trim();
  const state = input("STATE") || "none";
  if (state !== "mark" && state !== "none") throw new Refused("`state` must be `mark` or `none`.");
  if (state === "none") return { workspace };
  const pulled = await terraform(folder, ["state", "pull"], shownLimitBytes);
  // Before anything was ever applied there is no state, and nothing is printed.
  if (pulled.trim() === "") return { workspace };
  const { lineage, serial } = parsed(pulled, "`terraform state pull` printed no JSON.");
  return {
    workspace,
    ...(typeof lineage === "string" && lineage !== "" ? { lineage } : {}),
    ...(Number.isSafeInteger(serial) ? { serial: String(serial) } : {}),
    ...backend(folder),
  };
}

/** A digest of where the state lies, as `terraform init` has written it down. The address itself may hold credentials. */
function backend(folder) {
  let file;
  try {
    file = readFileSync(resolve(folder, process.env["TF_DATA_DIR"] || ".terraform", "terraform.tfstate"), "utf8");
  } catch {
    // A local state has no such file.
    return {};
  }
  const { hash, type } = parsed(file, "The backend of `.terraform` is no JSON.").backend ?? {};
  if (hash === undefined) return {};
  return { backend: createHash("sha256").update(JSON.stringify([type ?? null, hash])).digest("hex") };
}

/** The plan as JSON. What Sallyport does not judge is left out where it makes the plan too large, but never a change. */
async function shown(folder, plan) {
  const json = plan.endsWith(".json")
    ? readLimited(resolve(folder, plan), shownLimitBytes)
    : Buffer.from(await terraform(folder, ["show", "-json", "-no-color", plan], shownLimitBytes));
  if (json.length <= bodyLimitBytes) return json;
  const { planned_values: _, provider_schemas: __, relevant_attributes: ___, ...rest } = parsed(json, "The plan is no JSON.");
  return Buffer.from(JSON.stringify(rest));
}

async function terraform(folder, given, maxBuffer) {
  const program = input("TERRAFORM") || "terraform";
  try {
    return (await run(program, given, { cwd: folder, maxBuffer, env: { ...process.env, TF_IN_AUTOMATION: "1" } })).stdout;
  } catch (error) {
    // What it printed may hold values of the plan.
    throw new Refused(`\`${program} ${given.slice(0, 2).join(" ")}\` failed (${error.code ?? "killed"}): see that it runs in this step, without a wrapper.`);
  }
}

function readLimited(path, limit = bodyLimitBytes) {
  if (statSync(path).size > limit) throw new Refused(`The file has more than ${limit} bytes.`);
  return readFileSync(path);
}

function parsed(text, otherwise) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(otherwise);
  }
}

/** Sends it, with a token of its own for each try. */
async function sent(url, query, body) {
  const tries = Number(input("TRIES") || "4");
  if (!(tries >= 1 && tries <= 10)) throw new Refused("`tries` must be from 1 to 10.");
  const address = new URL("evidence", `${url.href.replace(/\/$/, "")}/`);
  address.search = new URLSearchParams(query).toString();
  let last = "";
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    let response;
    let text;
    try {
      const headers = { authorization: `Bearer ${await tokenFor(url)}`, "content-type": "application/json", "content-encoding": "gzip" };
      response = await fetch(address, { method: "POST", redirect: "error", headers, body, signal: AbortSignal.timeout(requestMs) });
      text = (await response.text()).slice(0, answerLimit);
    } catch (error) {
      if (error instanceof Refused) throw error;
      last = `Sallyport could not be asked: ${error.message}`;
    }
    if (response?.status === 202 && text !== undefined) return understood(text);
    if (response !== undefined && text !== undefined) {
      if (response.status < 500) throw new Refused(`Sallyport refused (${response.status}): ${text.trim()}`);
      last = `Sallyport answered ${response.status}.`;
    }
    if (attempt < tries) await new Promise((ready) => setTimeout(ready, pauseMs * attempt));
  }
  throw new Refused(last);
}

/** Only an answer about this repository counts as one. */
function understood(text) {
  const body = parsed(text, "Sallyport's answer could not be read.");
  if (body?.schema !== "sallyport.evidence/1") throw new Refused("Sallyport's answer has a form that this action does not know.");
  if (String(body.repository_id) !== process.env["GITHUB_REPOSITORY_ID"]) throw new Refused("Sallyport's answer is for another repository.");
  return body;
}

/** A token of this job for this address. Each is taken once. */
async function tokenFor(url) {
  const missing = "GitHub gives this job no token: add `permissions: { id-token: write }` to it. Jobs for pull requests from forks get none.";
  const address = new URL(needed("ACTIONS_ID_TOKEN_REQUEST_URL", missing));
  address.searchParams.set("audience", url.href.replace(/\/$/, ""));
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${needed("ACTIONS_ID_TOKEN_REQUEST_TOKEN", missing)}` },
    redirect: "error",
    signal: AbortSignal.timeout(requestMs),
  });
  if (!response.ok) throw new Error(`GitHub gave no token (${response.status}).`);
  const { value } = await response.json();
  if (typeof value !== "string") throw new Error("GitHub gave no token.");
  console.log(`::add-mask::${value}`);
  return value;
}

function input(name) {
  return process.env[`INPUT_${name}`] ?? "";
}

function needed(name, otherwise) {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Refused(otherwise);
  return value;
}

function output(name, value) {
  if (process.env["GITHUB_OUTPUT"]) appendFileSync(process.env["GITHUB_OUTPUT"], `${name}=${plain(value)}\n`);
}

/** A line in the log. Nothing in it is a command to the runner. */
function say(text) {
  console.log(plain(text));
}

function plain(text) {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll("::", ": :");
}

try {
  await main();
} catch (error) {
  const because = plain(error instanceof Error ? error.message : String(error)).replaceAll("%", "%25");
  const isFailing = input("FAIL") !== "false";
  console.log(`::${isFailing ? "error" : "warning"} title=Not sent to Sallyport::${because}`);
  if (isFailing) process.exitCode = 1;
}
