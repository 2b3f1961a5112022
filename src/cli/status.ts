import { type Command, InvalidArgumentError } from "commander";
import type { ShownPull } from "../server/looked.ts";
import { count, visible } from "../lib/text.ts";
import { exitCodes, type Io } from "./io.ts";
import { WrongRequest } from "./ports.ts";

/** The running service: its open pull requests of a repository. Rejects with `WrongRequest` where another call would mend it. */
export type StatusPort = (repository: string) => Promise<readonly ShownPull[]>;

interface Wanted {
  readonly repository: string;
  readonly number: number | null;
}

/** `sallyport status OWNER/NAME[#NUMBER]`. */
export function register(program: Command, io: Io, open: () => Promise<StatusPort>): void {
  program
    .command("status")
    .description("Say when each open pull request was last judged, and by which policy, as the ledger has it.")
    .argument("<owner/name[#number]>", "a repository, or one pull request of it", wantedOf)
    .addHelpText(
      "after",
      "\nThe running service is asked: PUBLIC_URL, or HOST and PORT, and SALLYPORT_ADMIN_TOKEN, from the environment or .env in this directory." +
        "\nExit codes: 0 every open one was judged; 1 one was not, or its looks fail; 64 wrong usage; 70 Sallyport failed.",
    )
    .action(async ({ repository, number }: Wanted) => {
      const all = await (await open())(repository);
      const wanted = all.filter((pull) => number === null || pull.number === number);
      if (wanted.length === 0 && number !== null) throw new WrongRequest(`${repository}#${number} is not open.`);
      const unjudged = wanted.filter(({ last, is_failing: isFailing }) => last === null || isFailing).length;
      io.out(wanted.map((pull) => `${lineOf(repository, pull)}\n`).join(""));
      io.out(`${count(wanted.length, "open pull request")}, ${unjudged} not judged or failing.\n`);
      io.exitWith(unjudged === 0 ? exitCodes.ok : exitCodes.invalid);
    });
}

function lineOf(repository: string, { number, last, is_failing: isFailing }: ShownPull): string {
  const failing = isFailing ? "; the looks since then have failed" : "";
  const what =
    last === null
      ? "was never judged"
      : `${last.verdict} (${last.mode}) at ${last.at}, head ${last.head_sha.slice(0, 12)}, policy ${last.policy.slice(0, 12)}`;
  return visible(`${repository}#${number}  ${what}${failing}`);
}

function wantedOf(text: string): Wanted {
  const [, repository, number] = /^([\w.-]+\/[\w.-]+)(?:#([1-9]\d{0,14}))?$/u.exec(text) ?? [];
  if (repository === undefined)
    throw new InvalidArgumentError("Name a repository, such as acme/shop, or a pull request, such as acme/shop#7.");
  return { repository, number: number === undefined ? null : Number(number) };
}
