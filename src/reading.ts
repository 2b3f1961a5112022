// The module of the process that reads one piece of evidence, and ends.
import type { ReadingRequest } from "./adapters/workers/reader.ts";
import { readEvidence } from "./core/evidence/read.ts";

process.once("message", (given) => {
  // The other end is `createReader`, which sends nothing else.
  const { kind, text } = given as ReadingRequest;
  process.send?.(readEvidence(kind, text));
});
