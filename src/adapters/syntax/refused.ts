/** Thrown by readers and caught where a file begins: the one way out of a walk that recurses. */
export class Refused extends Error {
  readonly line: number;
  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

export const nestingLimit = 200;
