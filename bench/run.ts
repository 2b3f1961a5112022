// How fast the parts are that people and GitHub wait for, measured with the real code. It asserts nothing: machines differ.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemo } from "../src/adapters/syntax/memo.ts";
import { loadSyntax } from "../src/adapters/syntax/load.ts";
import { evaluateBy } from "../src/core/evaluate/from-sources.ts";
import { readDocuments } from "../src/core/views/documents.ts";
import { factsOfIncident } from "../src/sim/incident-facts.ts";
import { loadIncidents } from "../src/sim/incidents.ts";
import { measure, type Row, table } from "./measure.ts";
import { checkRepository, launcher } from "./repository.ts";
import { storeRows } from "./store.ts";

const { base, incidents } = loadIncidents();
const syntax = await loadSyntax();
const folder = mkdtempSync(join(tmpdir(), "sallyport-bench-"));
try {
  const rows = [...commandRows(), ...evaluationRows(), ...parseRows(), ...(await storeRows(folder))];
  console.log(table(rows));
} finally {
  rmSync(folder, { recursive: true });
}

function commandRows(): readonly Row[] {
  const cwd = checkRepository(folder, base, incidents);
  const start = (...args: readonly string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [launcher, ...args], { cwd, encoding: "utf8" });
    if (status === null || status >= 64) throw new Error(`sallyport ${args.join(" ")} ended with ${status}: ${stderr}`);
  };
  return [
    measure("sallyport --help, started cold", 5, () => start("--help")),
    measure("sallyport check, started cold", 5, () => start("check")),
  ];
}

function evaluationRows(): readonly Row[] {
  return incidents.map((incident) => {
    const { facts, policies } = factsOfIncident(incident, base);
    // A memo of its own each time: what is measured is a repository that has not been seen before.
    const evaluate = () =>
      evaluateBy(facts, policies, { syntax, memo: createMemo(1_000) }, 0, { version: "bench", zoneData: "bench" });
    return measure(`evaluate ${incident.id}`, 20, evaluate);
  });
}

function parseRows(): readonly Row[] {
  const item = "  - name: api\n    image: registry.example/api:1\n    resources:\n      limits: { memory: 512Mi }\n";
  const yaml = `spec:\n${item.repeat(250)}`;
  const hcl = 'resource "aws_instance" "api" {\n  ami  = "ami-1"\n  tags = { team = "search", tier = 1 }\n}\n\n'.repeat(
    200,
  );
  const whole = ({ ok }: { readonly ok: boolean }): void => {
    if (!ok) throw new Error("Cannot measure how a text is read that cannot be read: repair the one in bench/run.ts.");
  };
  return [
    measure("read 1,000 lines of YAML", 20, () => whole(readDocuments(yaml))),
    measure("read 1,000 lines of HCL", 20, () => whole(syntax.hcl(hcl))),
  ];
}
