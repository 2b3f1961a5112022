import { installSettings } from "./install-lines.ts";
import { type Directive, type Reader, joinedLinesOf, nothing } from "./reading.ts";

const from = /^\s*FROM\s+(?:--\S+\s+)*(?<image>[^\s#]+)(?:\s+AS\s+(?<stage>\S+))?/iu;
const argument = /^\s*ARG\s+(?<name>\w+)=["']?(?<value>[^\s"']*)["']?/iu;
/** What another stage or image is copied or mounted from. */
const taken = /(?:^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*--from=|^\s*RUN\s.*--mount=\S*\bfrom=)(?<image>[^\s,]+)/iu;
/** The program that reads the rest of the file. https://docs.docker.com/build/buildkit/frontend */
const frontend = /^#\s*syntax\s*=\s*(?<image>\S+)/iu;

/** The images that stages start from, that files are taken from, and that read the file. A stage that starts from another one brings in nothing. */
function basesIn(text: string): readonly Directive[] {
  const stages = new Set<string>(["scratch"]);
  const defaults = new Map<string, string>();
  const bases: Directive[] = [];
  let count = 0;
  for (const { text: written, line } of joinedLinesOf(text)) {
    const add = (key: string, image: string): void => {
      const value = filled(image, defaults);
      if (!stages.has(value.toLowerCase()) && !/^\d+$/u.test(value)) bases.push({ kind: "image", key, value, line });
    };
    const reads = count > 0 ? undefined : frontend.exec(written)?.groups?.["image"];
    if (reads !== undefined) add("syntax", reads);
    const { name, value = "" } = (count > 0 ? null : argument.exec(written))?.groups ?? {};
    if (name !== undefined) defaults.set(name, value);
    const { image, stage } = from.exec(written)?.groups ?? {};
    if (image !== undefined) {
      add(`stage ${stage?.toLowerCase() ?? count}`, image);
      if (stage !== undefined) stages.add(stage.toLowerCase());
      count += 1;
      continue;
    }
    const source = taken.exec(written)?.groups?.["image"];
    if (source !== undefined) add(`files of ${source.replace(/[:@].*$/u, "")}`, source);
  }
  return bases;
}

/** Arguments before the first stage stand for their defaults, which a build that states nothing takes. */
function filled(image: string, defaults: ReadonlyMap<string, string>): string {
  return image.replaceAll(/\$(?:\{(?<name>\w+)(?::?-(?<otherwise>[^}]*))?\}|(?<bare>\w+))/gu, (whole, ...rest) => {
    const groups: unknown = rest.at(-1);
    const { name, bare, otherwise } = stringsOf(groups);
    return defaults.get(name ?? bare ?? "") ?? otherwise ?? String(whole);
  });
}

function stringsOf(groups: unknown): Readonly<Record<string, string | undefined>> {
  const entries = typeof groups === "object" && groups !== null ? Object.entries(groups) : [];
  return Object.fromEntries(entries.flatMap(([key, value]) => (typeof value === "string" ? [[key, value]] : [])));
}

export const dockerfile: Reader = {
  ecosystem: "docker",
  role: "settings",
  claims: (path) => /(?:^|\/)(?:[^/]+\.)?(?:Dockerfile|Containerfile)(?:\.[^/]+)?$/iu.test(path),
  read: (text) => ({ ok: true, value: { ...nothing, directives: [...basesIn(text), ...installSettings(text)] } }),
};
