import type { HclValue, TemplatePart } from "../../hcl.ts";
import { binding, roundsOf, spend } from "./rounds.ts";
import type { Scope } from "./scope.ts";
import { asBool, asText, fault, isFault, literal, shown, undecidedFrom, unknown } from "./values.ts";

/** Text, or what stands in its place in the text of a template that is not decided. */
interface Piece {
  readonly text: string;
  /** How it is named where the whole is not decided. */
  readonly told: string;
  readonly isDecided: boolean;
  readonly isFault: boolean;
}

/** Copying text takes time as well. */
const charactersPerStep = 256;

/** A template with nothing but one expression in it is that expression's value, whatever its type. */
export function renderTemplate(parts: readonly TemplatePart[], scope: Scope): HclValue {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "value") return scope.evaluate(only.value, scope);
  const pieces = parts.flatMap((part) => piecesOf(part, scope));
  if (pieces.every((piece) => piece.isDecided)) return literal(pieces.map(({ text }) => text).join(""));
  const text = `"${pieces.map(({ told }) => told).join("")}"`;
  return undecidedFrom(text, pieces.some((piece) => piece.isFault) ? [fault("")] : []);
}

function piecesOf(part: TemplatePart, scope: Scope): readonly Piece[] {
  switch (part.kind) {
    case "text":
      return [{ text: part.text, told: JSON.stringify(part.text).slice(1, -1), isDecided: true, isFault: false }];
    case "value":
      return [pieceOf(part.value, scope)];
    case "if": {
      const condition = scope.evaluate(part.condition, scope);
      const holds = asBool(condition);
      if (holds === undefined) return [open(part.condition, condition)];
      return (holds ? part.whenTrue : part.whenFalse).flatMap((inner) => piecesOf(inner, scope));
    }
    case "for": {
      const of = scope.evaluate(part.of, scope);
      const rounds = roundsOf(of);
      if (rounds === null) return [open(part.of, of)];
      return rounds.flatMap(({ key, value }) => {
        if (!spend(scope, 1)) return [open(part.of, unknown("a template that takes too many steps"))];
        const inner = binding(scope, part, key, value);
        return part.parts.flatMap((one) => piecesOf(one, inner));
      });
    }
  }
}

function pieceOf(written: HclValue, scope: Scope): Piece {
  const value = scope.evaluate(written, scope);
  const text = asText(value);
  if (text === undefined || !spend(scope, text.length / charactersPerStep)) return open(written, value);
  return { text, told: `\${${shown(written, value)}}`, isDecided: true, isFault: false };
}

function open(written: HclValue, value: HclValue): Piece {
  return { text: "", told: `\${${shown(written, value)}}`, isDecided: false, isFault: isFault(value) };
}
