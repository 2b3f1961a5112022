import { z } from "zod";
import { changed, ofRepository, type Reader } from "./reader.ts";

const branchPrefix = "refs/heads/";
const branch = z
  .string()
  .startsWith(branchPrefix)
  .transform((ref) => ref.slice(branchPrefix.length));
const schema = z.looseObject({
  merge_group: z.looseObject({
    head_sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    head_ref: branch,
    base_sha: z.string().regex(/^[0-9a-f]{40,64}$/),
    base_ref: branch,
  }),
  repository: z.looseObject({ default_branch: z.string().min(1) }),
});

/**
 * A merge queue asks for checks on a group, or has given it up. The group is named by the payload, for no list tells of it by its
 * commit; whether it is there and what it holds is read when it is looked at.
 */
export const mergeGroup: Reader = (payload) => {
  const { installation, repository } = ofRepository.parse(payload);
  const { merge_group: group, repository: of } = schema.parse(payload);
  return [
    changed({
      kind: "merge_group",
      installationId: installation.id,
      repository,
      headRef: group.head_ref,
      headSha: group.head_sha,
      baseRef: group.base_ref,
      baseSha: group.base_sha,
      baseIsDefault: group.base_ref === of.default_branch,
    }),
  ];
};
