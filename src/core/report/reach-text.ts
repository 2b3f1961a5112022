import { count, visible } from "../../lib/text.ts";
import type { Gap } from "../change/change-set.ts";
import type { Tier } from "../policy/schema.ts";
import type { FileReach } from "../reach/reach.ts";
import { stepLine } from "./chains.ts";

/** What some files of a repository reach, with nothing of a change in it. */
export interface ReachShown {
  readonly files: readonly FileReach[];
  readonly gaps: readonly Gap[];
  /** Of every environment of the policy. */
  readonly tiers: Readonly<Record<string, Tier>>;
}

/** What each file reaches, as a tree of lines for a terminal. */
export function renderReachText({ files, gaps }: ReachShown): string {
  const parts = files.map((file) => `${fileLines(file).join("\n")}\n`);
  const missing = gaps.map(
    ({ path, line, reason, remedy }) => `Cannot decide: ${visible(reason)}${at(path, line)}\n   ${visible(remedy)}\n`,
  );
  return [...parts, ...missing].join("\n");
}

function fileLines({ path, targets, services, unresolved }: FileReach): readonly string[] {
  const ends = [
    ...targets.map(({ environment, service, chain }) => {
      const reached = service === null ? environment : `${environment} · ${service}`;
      return [...chain.slice(1).map(stepLine), `→ ${visible(reached)}`].join("   ");
    }),
    ...(unresolved ? ["→ may be production: nothing tells where it is deployed"] : []),
  ];
  const named = services.length === 0 ? "" : `   ${count(services.length, "service")}: ${visible(services.join(", "))}`;
  const lines = ends.length === 0 ? ["deployed nowhere, as far as can be told"] : ends;
  return [
    `${visible(path)}${named}`,
    ...lines.map((line, index) => `${index === lines.length - 1 ? "└─" : "├─"} ${line}`),
  ];
}

function at(path: string | null, line: number | null): string {
  if (path === null) return "";
  return ` (${visible(line === null ? path : `${path}:${line}`)})`;
}

/** The same as data, schema `sallyport.reach/1`. */
export function renderReachJson({ files, gaps, tiers }: ReachShown): string {
  const document = {
    schema: "sallyport.reach/1",
    files: files.map(({ path, targets, services, unresolved }) => ({
      path,
      services,
      unresolved,
      reaches: targets.map(({ environment, service, chain }) => ({
        environment,
        tier: tiers[environment] ?? "production",
        service,
        chain,
      })),
    })),
    gaps: gaps.map(({ id, path, line, reason, remedy }) => ({ id, path, line, reason, remedy })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
