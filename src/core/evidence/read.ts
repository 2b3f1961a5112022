import { readTerraformPlan } from "../terraform-plan/read.ts";
import type { Brought } from "./evidence.ts";
import { readSarif } from "./sarif.ts";

/** `because` completes "It cannot be read: ...", `remedy` is a sentence. */
export type ReadEvidence =
  | { readonly kind: "read"; readonly brought: Brought }
  | { readonly kind: "unreadable"; readonly because: string; readonly remedy: string };

/** Reads what was brought, reduced to what is judged. Never throws for what it is given. */
export function readEvidence(kind: "plan" | "findings", text: string): ReadEvidence {
  switch (kind) {
    case "plan": {
      const read = readTerraformPlan(text);
      if (read.ok) return { kind: "read", brought: { kind: "plan", plan: read.value } };
      return { kind: "unreadable", because: read.reason, remedy: read.remedy };
    }
    case "findings": {
      const read = readSarif(text);
      if (read.kind === "report") return { kind: "read", brought: { kind: "findings", report: read.report } };
      return { kind: "unreadable", because: read.because, remedy: "Send what the scanner writes as SARIF 2.1.0." };
    }
  }
}
