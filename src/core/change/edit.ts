/** A piece of the head's text to be replaced: from `start` to before `end` (lines and columns from 1) by `text`. */
export interface Edit {
  readonly path: string;
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
  readonly text: string;
}
