import type { Side } from "../change/change-set.ts";

/** A kind of change (policy.md, `areas`), with the evidence for it. */
export interface KindEvidence {
  readonly kind: string;
  readonly path: string;
  readonly side: Side;
  readonly line: number | null;
  /** A clause: "replicas 3 → 17 of Deployment/api". */
  readonly because: string;
}
