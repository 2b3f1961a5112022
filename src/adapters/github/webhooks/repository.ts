import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({ action: z.string() });
/** After these no pull request of it can change or be merged. */
const over = new Set(["deleted", "archived"]);

/** Renamed, transferred, another default branch, another visibility: addresses and policies may be others now. */
export const repositoryEvent: Reader = (payload) => {
  const { action, installation, repository } = schema.parse(payload);
  return over.has(action) ? [] : [changed({ kind: "sweep_repository", installationId: installation.id, repository })];
};
