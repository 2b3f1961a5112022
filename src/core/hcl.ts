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
export interface HclEntry {
  readonly key: string;
  readonly value: HclValue;
  /** A key that is an expression; `key` is its text then. */
  readonly keyExpression?: HclValue;
}
/** `unknown`: an expression that the reader does not decide; its text is kept to compare and to name it. */
export type HclValue =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "list"; readonly items: readonly HclValue[] }
  | { readonly kind: "object"; readonly entries: readonly HclEntry[] }
  | HclUnknown;

export interface HclUnknown {
  readonly kind: "unknown";
  readonly text: string;
  /** What the reader made of the text; absent where it is nested too deeply, and in evaluated values. */
  readonly expression?: HclExpression;
  /** Of an evaluated value: it is the JSON of this, which is decided in part (`jsonencode({ Resource = aws_s3_bucket.a.arn })`). */
  readonly json?: HclValue;
}

/** An expression whose operands are values, decided or not. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md */
export type HclExpression =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "path"; readonly of: HclValue; readonly steps: readonly HclStep[] }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: HclValue }
  | { readonly kind: "binary"; readonly operator: string; readonly left: HclValue; readonly right: HclValue }
  | {
      readonly kind: "conditional";
      readonly condition: HclValue;
      readonly whenTrue: HclValue;
      readonly whenFalse: HclValue;
    }
  /** `spread`: the last argument is a list of arguments (`merge(local.tags...)`). */
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly HclValue[]; readonly spread: boolean }
  | { readonly kind: "template"; readonly parts: readonly TemplatePart[] }
  | HclFor;

export interface HclFor {
  readonly kind: "for";
  /** Name of the key or index; null where there is none. */
  readonly key: string | null;
  readonly value: string;
  readonly of: HclValue;
  /** Key of what it makes; null: it makes a list. */
  readonly resultKey: HclValue | null;
  readonly result: HclValue;
  /** `=> v...`: values of the same key are gathered in a list. */
  readonly grouped: boolean;
  readonly condition: HclValue | null;
}

export type HclStep =
  | { readonly kind: "attribute"; readonly name: string }
  | { readonly kind: "index"; readonly key: HclValue }
  /** The steps are taken on each item. */
  | { readonly kind: "splat"; readonly steps: readonly HclStep[] };

/** A piece of a quoted string or heredoc, with escapes resolved, indentation taken off and strip markers applied. */
export type TemplatePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: HclValue }
  | {
      readonly kind: "if";
      readonly condition: HclValue;
      readonly whenTrue: readonly TemplatePart[];
      readonly whenFalse: readonly TemplatePart[];
    }
  | {
      readonly kind: "for";
      readonly key: string | null;
      readonly value: string;
      readonly of: HclValue;
      readonly parts: readonly TemplatePart[];
    };
