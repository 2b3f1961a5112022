import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const schema = ofRepository.extend({ pull_request: z.looseObject({ number: z.int().positive() }) });

/** Submitted, edited or dismissed: approvals and objections are counted afresh. */
export const pullRequestReview: Reader = (payload) => {
  const { installation, repository, pull_request } = schema.parse(payload);
  return [changed({ kind: "pull_request", installationId: installation.id, repository, number: pull_request.number })];
};
