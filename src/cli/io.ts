import type { Command } from "commander";

/** How a command speaks and ends. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Sets the code that the program ends with once nothing is left to do. */
  readonly exitWith: (code: number) => void;
}

/** One file per command. What a command needs is imported when it runs: `--help` must not wait for a grammar. */
export interface CommandModule {
  readonly register: (program: Command, io: Io) => void;
}

/** Verdicts have the codes below 64: 0 allow, 1 block, 2 hold, 3 wait. */
export const exitCodes = {
  ok: 0,
  /** The command was called wrongly. */
  usage: 64,
  /** The program failed, or could not start. */
  failure: 70,
} as const;
