// Asks Sallyport whether this job may deploy. Without any dependency: what stands before production should be read in one sitting.
// Only one answer lets the job go on: `approved`, for exactly this run, environment and commit. Everything else fails the step.
import { appendFileSync } from "node:fs";

const pauseMs = 10_000;
const requestMs = 30_000;
const answerLimit = 64 * 1024;

/** A reason to fail that waiting does not mend. */
class Refused extends Error {}

async function main() {
  const url = new URL(needed("INPUT_URL", "Give the address of Sallyport as `url`."));
  if (url.protocol !== "https:" && url.hostname !== "127.0.0.1") throw new Refused("`url` must be an https address.");
  const minutes = Number(process.env["INPUT_TIMEOUT-MINUTES"] ?? "30");
  if (!(minutes > 0 && minutes <= 360)) throw new Refused("`timeout-minutes` must be above 0, and 360 at most.");
  const untilMs = performance.now() + minutes * 60_000;
  let last = "Sallyport has not answered.";
  for (;;) {
    const told = await asked(url);
    if (told.kind === "approved") {
      say(told.comment);
      return;
    }
    if (told.kind === "rejected") throw new Refused(told.comment);
    if (told.comment !== last) say(told.comment);
    last = told.comment;
    if (performance.now() + pauseMs >= untilMs) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Refused(`Not approved within ${minutes} minutes. ${last}`);
}

/** One answer: for good, or a reason to ask again. */
async function asked(url) {
  let response;
  try {
    const token = await tokenFor(url);
    response = await fetch(new URL("gate", `${url.href.replace(/\/$/, "")}/`), {
      method: "POST",
      redirect: "error",
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      signal: AbortSignal.timeout(requestMs),
    });
  } catch (error) {
    if (error instanceof Refused) throw error;
    return { kind: "unknown", comment: `Sallyport could not be asked: ${error.message}` };
  }
  const text = (await response.text().catch(() => "")).slice(0, answerLimit);
  if (response.status === 401 || response.status === 404 || response.status === 405) {
    throw new Refused(`Sallyport refused (${response.status}): ${text.trim()}`);
  }
  if (response.status !== 200) return { kind: "unknown", comment: `Sallyport answered ${response.status}.` };
  return understood(text);
}

function understood(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: "unknown", comment: "Sallyport's answer could not be read." };
  }
  const comment = typeof body?.comment === "string" ? body.comment : "";
  if (body?.schema !== "sallyport.gate/1") throw new Refused("Sallyport's answer has a form that this action does not know.");
  const ofThisJob =
    String(body.run_id) === process.env["GITHUB_RUN_ID"] &&
    body.sha === process.env["GITHUB_SHA"] &&
    String(body.repository_id) === process.env["GITHUB_REPOSITORY_ID"];
  if (!ofThisJob) throw new Refused("Sallyport's answer is for another job.");
  switch (body.answer) {
    case "approved":
      return { kind: "approved", comment: comment || "Approved." };
    case "rejected":
      return { kind: "rejected", comment: comment || "Rejected." };
    case "waits":
      return { kind: "waits", comment: comment || "Something is missing still." };
    case "judging":
      return { kind: "waits", comment: "It is being judged." };
    default:
      throw new Refused("Sallyport's answer is none that this action knows.");
  }
}

/** A token of this job for this address. Each is taken once. */
async function tokenFor(url) {
  const missing = "GitHub gives this job no token: add `permissions: { id-token: write }` to it.";
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

function needed(name, otherwise) {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Refused(otherwise);
  return value;
}

/** A line in the log, and the output of the step. Nothing in it is a command to the runner. */
function say(comment) {
  console.log(plain(comment));
  if (process.env["GITHUB_OUTPUT"]) appendFileSync(process.env["GITHUB_OUTPUT"], `comment=${plain(comment)}\n`);
}

function plain(text) {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll("::", ": :");
}

try {
  await main();
} catch (error) {
  const because = plain(error instanceof Error ? error.message : String(error));
  if (process.env["GITHUB_OUTPUT"]) appendFileSync(process.env["GITHUB_OUTPUT"], `comment=${because}\n`);
  console.log(`::error title=Not deployed::${because.replaceAll("%", "%25")}`);
  process.exitCode = 1;
}
