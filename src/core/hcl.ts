/** An HCL body as plain data: it can be cached by blob SHA, cloned and compared. Lines and columns count from 1. */
export interface HclBody {
  readonly attributes: readonly HclAttribute[];
  readonly blocks: readonly HclBlock[];
}
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
  readonly line: number;
  readonly endLine: number;
}
export interface HclAttribute {
  readonly name: string;
  readonly value: HclValue;
  readonly line: number;
  readonly endLine: number;
}
/** `unknown`: an expression that the reader does not decide; its text is kept to compare and to name it. */
export type HclValue =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly HclValue[] }
  | { readonly kind: "object"; readonly entries: readonly { readonly key: string; readonly value: HclValue }[] }
  | { readonly kind: "unknown"; readonly text: string };
