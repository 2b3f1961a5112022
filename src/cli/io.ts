import type { Command } from "commander";
import type { Verdict } from "../core/evaluate/verdict.ts";
import type { LocalPort } from "./ports.ts";

/** How a command speaks and ends. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` is a terminal that wants colours. */
  readonly colour: () => Promise<boolean>;
  /** Shows how far a long run has come, in place of what it showed before; null takes it away. Silent where nobody watches. */
  readonly progress: (text: string | null) => void;
  /** Sets the code that the program ends with once nothing is left to do. Said before the output: a reader may close it early. */
  readonly exitWith: (code: number) => void;
}

/** One file per command. What a command needs is imported when it runs: `--help` must not wait for rules and grammars. */
export interface CommandModule {
  readonly register: (program: Command, io: Io, local: LocalPort) => void;
}

/** Verdicts have the codes below 64: 0 allow, 1 block, 2 hold, 3 wait. */
export const exitCodes = {
  ok: 0,
  /** What was read is not valid. */
  invalid: 1,
  /** The command was called wrongly, or what it was told to read is not there. */
  usage: 64,
  /** The program failed, or could not start. */
  failure: 70,
} as const;

/** 0 only where nothing is missing. */
export function exitCodeOf(verdict: Verdict): number {
  switch (verdict) {
    case "allow":
      return 0;
    case "block":
      return 1;
    case "hold":
      return 2;
    case "wait":
      return 3;
  }
}
