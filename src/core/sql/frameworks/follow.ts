import { type Code, type Call, partsOf, within } from "../../code.ts";
import type { Section } from "../model.ts";
import { depthLimit, inside, itemsOf, type Scope } from "./scope.ts";
import { undecided } from "./sections.ts";

type CallCode = Code & Call;

/**
 * What a framework knows of its calls. `null`: nothing, so that it is either a function of the file or undecided. It gets `follow` for the
 * blocks that it hands on.
 */
export type Understand = (call: CallCode, scope: Scope, follow: Follow) => readonly Section[] | null;
export type Follow = (codes: readonly Code[], scope: Scope) => readonly Section[];

/**
 * Follows statements in their order: branches as if all of them ran, loops over what is written out turn by turn, functions of the same
 * file where they are called. What calls something that is not known is undecided, never left out.
 */
export function following(understand: Understand): Follow {
  const follow: Follow = (codes, scope) => codes.flatMap((code) => one(code, scope));

  const one = (code: Code, scope: Scope): readonly Section[] => {
    switch (code.kind) {
      case "call":
        return called(code, scope);
      case "assignment":
        return code.value.kind === "call" || code.value.kind === "control"
          ? one(code.value, scope)
          : certain(partsOf(code.value), scope);
      case "control":
        return controlled(code, scope);
      case "text":
      case "literal":
      case "name":
      case "function":
      case "class":
        return [];
      case "template":
      case "list":
      case "map":
      case "other":
        return [...within([code])].some(({ kind }) => kind === "call") ? [undecided(code)] : [];
    }
  };

  const called = (call: CallCode, scope: Scope): readonly Section[] => {
    if (scope.depth > depthLimit) return [undecided(call)];
    const understood = understand(call, scope, follow);
    if (understood !== null) return [...givenTo(call, scope), ...understood];
    const turns = looped(call, scope);
    if (turns !== null) return turns;
    const target = call.of === null || isSelf(call.of) ? scope.functions.get(call.name) : undefined;
    if (target === undefined) return [undecided(call)];
    const values = target.parameters.map(
      (name, index) => call.named.find((argument) => argument.name === name)?.value ?? call.arguments[index],
    );
    return follow(
      target.body,
      inside(
        scope,
        target.parameters,
        values.map((value) => resolved(value, scope)),
      ),
    );
  };

  /** What runs before a call that is known: what it is called on (`execute("...").fetchall()`), and what it is given. */
  const givenTo = (call: CallCode, scope: Scope): readonly Section[] => {
    const first = call.of?.kind === "call" ? one(call.of, scope) : [];
    return [...first, ...certain([...call.arguments, ...call.named.map(({ value }) => value)], scope)];
  };

  /** Expressions are not asked about for every call in them; what is known to touch the database counts wherever it stands. */
  const certain = (codes: readonly Code[], scope: Scope): readonly Section[] => {
    const calls = [...within(codes)].filter((part) => part.kind === "call");
    return calls.flatMap((part) => understand(part, scope, follow) ?? []).filter(({ kind }) => kind !== "undecided");
  };

  /** `[:a, :b].each do |name|` of Ruby. */
  const looped = (call: CallCode, scope: Scope): readonly Section[] | null => {
    if (call.name !== "each" || call.of === null || call.block === null) return null;
    const { parameters, body } = call.block;
    const items = itemsOf(call.of, scope);
    if (items === null) return [undecided(call)];
    return items.flatMap((item) => follow(body, inside(scope, parameters, valuesOf(item, parameters, scope))));
  };

  const controlled = (code: Code & { readonly kind: "control" }, scope: Scope): readonly Section[] => {
    const maybe = { ...scope, maybe: true };
    if (code.word === "raise") return [];
    if (code.word === "for") {
      const [variable, source, ...body] = code.parts;
      const names = variable === undefined ? [] : [...within([variable])].filter((part) => part.kind === "name");
      const parameters = names.map((part) => (part.kind === "name" ? part.name : ""));
      const items = itemsOf(source, scope);
      if (items === null) return [undecided(code)];
      return items.flatMap((item) => follow(body, inside(scope, parameters, valuesOf(item, parameters, scope))));
    }
    const asks = conditional.has(code.word);
    return code.parts.flatMap((part, index) =>
      asks && index === 0 && isQuestion(part)
        ? certain([part], maybe)
        : one(part, asks || code.word === "else" ? maybe : scope),
    );
  };

  return follow;
}

const conditional = new Set(["if", "unless", "elif", "case", "when", "while", "until"]);

const changing = /delete|destroy|drop|truncate|update|remove|save|insert|create|execute|run/iu;

/** A condition asks, unless something that changes things by its name, a block or an assignment stands in it. */
function isQuestion(code: Code): boolean {
  return ![...within([code])].some(
    (part) => part.kind === "assignment" || (part.kind === "call" && (part.block !== null || changing.test(part.name))),
  );
}

function isSelf(code: Code): boolean {
  return code.kind === "name" && code.name === "self";
}

function resolved(code: Code | undefined, scope: Scope): Code | undefined {
  return code?.kind === "name" ? (scope.bound.get(code.name) ?? code) : code;
}

/** One turn of a loop: the item, or its parts where the loop takes it apart. */
function valuesOf(item: Code, parameters: readonly string[], scope: Scope): readonly (Code | undefined)[] {
  if (parameters.length < 2) return [resolved(item, scope)];
  return item.kind === "list" ? item.items.map((part) => resolved(part, scope)) : [];
}
