import type { ScalarValue, Span, Style } from "./documents.ts";

/** One key of a configuration file on one side, with what is written there. */
export interface Setting {
  /** Identity within its file: the document or object it is in, and the keys down to it. */
  readonly identity: string;
  /** The object of a manifest it belongs to, which stays the same in another file; null elsewhere. */
  readonly object: string | null;
  readonly segments: readonly string[];
  /** Where a configuration begins: 0, and in a file within a value (a ConfigMap) the first key of that file. */
  readonly starts: readonly number[];
  /** Undefined where something stands that is no scalar (a reference to a secret) or goes over lines. */
  readonly scalar: ScalarValue | undefined;
  /** What stands there where it is no scalar, to be compared only; null where it is not known to its end. */
  readonly hidden: string | null;
  /** `block`: it cannot be edited in place. */
  readonly style: Style;
  readonly span: Span;
  /** The identity of the value that it is a part of: a flag's command line, a parameter's URL; null elsewhere. */
  readonly holder: string | null;
  readonly within: Within;
}

/**
 * What a value holds as a file of its own: keys that are read, text that cannot be read, or nothing of that kind. `isFile`: the
 * name of its key or its looks say so; text that cannot be read must say so more clearly than prose can. `line` is in the outer file.
 */
export type Within =
  | { readonly kind: "keys"; readonly isFile: boolean }
  | { readonly kind: "nothing" }
  | { readonly kind: "unreadable"; readonly isFile: boolean; readonly line: number; readonly reason: string };
