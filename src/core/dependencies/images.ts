import { type Directive, type Reader, linesOf, nothing } from "./reading.ts";

/** The images that stages start from. A stage that starts from another one brings in nothing. */
function basesIn(text: string): readonly Directive[] {
  const stages = new Set<string>(["scratch"]);
  const bases: Directive[] = [];
  for (const { text: written, line } of linesOf(text)) {
    const { image, stage } =
      /^\s*FROM\s+(?:--\S+\s+)*(?<image>[^\s#]+)(?:\s+AS\s+(?<stage>\S+))?/iu.exec(written)?.groups ?? {};
    if (image === undefined) continue;
    const key = `stage ${stage?.toLowerCase() ?? bases.length}`;
    if (!stages.has(image.toLowerCase())) bases.push({ kind: "image", key, value: image, line });
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return bases;
}

export const dockerfile: Reader = {
  ecosystem: "docker",
  role: "settings",
  claims: (path) => /(?:^|\/)(?:[^/]+\.)?(?:Dockerfile|Containerfile)(?:\.[^/]+)?$/iu.test(path),
  read: (text) => ({ ok: true, value: { ...nothing, directives: basesIn(text) } }),
};
