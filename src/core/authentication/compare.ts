import { matchersIn, type Matcher } from "./matchers.ts";
import { routesIn, usesIn } from "./routes.ts";
import { type Scope, scopesIn } from "./scopes.ts";
import type { Language, Line, Program } from "./source.ts";
import { mayAsk } from "./words.ts";

/** Something that asked who somebody is and still stands, and asks nobody any more. */
export interface Loss {
  /** Text of the author, as is `was` and `is`. */
  readonly key: string;
  readonly line: number;
  readonly was: string;
  /** What lets everybody in now; null: what asked is gone. */
  readonly is: string | null;
}

/** What of a program asked before and does not any more. What is gone as a whole, or came, has lost nothing. */
export function lossesIn({ language, before, after }: Program): readonly Loss[] {
  if (before === null || after === null) return [];
  const [was, is] = [sideOf(before, language), sideOf(after, language)];
  return [...lostScopes(was, is), ...lostUses(was, is), ...lostMatchers(was, is)].toSorted((a, b) => a.line - b.line);
}

interface Side {
  readonly scopes: ReadonlyMap<string, readonly Scope[]>;
  readonly uses: ReturnType<typeof usesIn>;
  readonly matchers: readonly Matcher[];
}

function sideOf(lines: readonly Line[], language: Language): Side {
  const scopes = [...scopesIn(lines, language), ...routesIn(lines, language)];
  return {
    scopes: Map.groupBy(scopes, ({ key }) => key),
    uses: usesIn(lines, language),
    matchers: matchersIn(lines, language),
  };
}

function lostScopes(was: Side, is: Side): readonly Loss[] {
  const lost: { readonly loss: Loss; readonly scope: Scope }[] = [];
  for (const [key, scopes] of is.scopes) {
    const former = was.scopes.get(key) ?? [];
    const [stood, stands] = [former.filter((one) => asks(one, was)), scopes.filter((one) => asks(one, is))];
    if (stands.length >= stood.length || scopes.length - stands.length <= former.length - stood.length) continue;
    const scope = scopes.find((one) => !asks(one, is));
    const [first] = stood;
    if (scope === undefined || first === undefined || isReplaced(former, scope)) continue;
    const guard = guardsOf(first, was)[0] ?? "";
    const opening = openingOf(scope) ?? null;
    lost.push({ loss: { key, line: scope.line, was: guard, is: opening }, scope });
  }
  const owners = new Set(lost.map(({ scope }) => scope.key));
  return lost
    .filter(({ scope }) => scope.owner === null || !owners.has(scope.owner))
    .filter(({ scope }) => !isTakenOver(scope, was, is))
    .map(({ loss }) => loss);
}

/** A class whose methods each ask by themselves now. */
function isTakenOver({ key }: Scope, was: Side, is: Side): boolean {
  const methods = [...is.scopes.values()].flat().filter(({ owner, key: own }) => owner === key && was.scopes.has(own));
  return methods.length > 0 && methods.every((one) => asks(one, is));
}

function asks(scope: Scope, side: Side): boolean {
  return guardsOf(scope, side).length > 0 && openingOf(scope) === undefined;
}

function openingOf({ marks }: Scope): string | undefined {
  return marks.find(({ mark }) => mark === "opening")?.written;
}

function guardsOf({ marks, owner }: Scope, side: Side): readonly string[] {
  const around = owner === null ? [] : (side.scopes.get(owner) ?? []);
  const own = [marks, ...around.map((one) => (openingOf(one) === undefined ? one.marks : []))].flat();
  const used = owner === null ? [] : (side.uses.get(owner) ?? []);
  return [...own.filter(({ mark }) => mark === "guard"), ...used].map(({ written }) => written);
}

/** Something new stands at it that may ask as well: nobody can say that less is asked. */
function isReplaced(former: readonly Scope[], { marks }: Scope): boolean {
  const known = new Set(former.flatMap((one) => one.marks.map(({ written }) => written)));
  const come = marks.filter(({ written, mark }) => !known.has(written) && mark !== "opening");
  return come.some(({ written, mark }) => mark === "guard" || mayAsk(written) || /^[A-Z]\w*$/u.test(written));
}

/** Of one router: fewer things that ask, while it goes on to serve what it served, and none of that asks by itself instead. */
function lostUses(was: Side, is: Side): readonly Loss[] {
  return [...was.uses].flatMap(([receiver, used]): readonly Loss[] => {
    const left = is.uses.get(receiver) ?? [];
    const served = [...is.scopes.values()].flat().filter(({ owner, key }) => owner === receiver && was.scopes.has(key));
    const [first] = served;
    if (left.length >= used.length || first === undefined || served.some((one) => asks(one, is))) return [];
    const names = new Set(left.map(({ written }) => written));
    const gone = used.find(({ written }) => !names.has(written));
    // Its routes are told one by one where nothing asks any more.
    return gone === undefined || left.length === 0
      ? []
      : [{ key: receiver, line: first.line, was: gone.written, is: null }];
  });
}

function lostMatchers(was: Side, is: Side): readonly Loss[] {
  const former = new Map(was.matchers.map((one) => [one.paths, one]));
  const others = was.matchers.find(({ paths, opens }) => paths === "" && !opens);
  return is.matchers.flatMap(({ paths, opens, line, written }) => {
    const stood = former.get(paths) ?? others;
    return opens && stood !== undefined && !stood.opens
      ? [{ key: paths === "" ? "anyRequest()" : paths, line, was: stood.written, is: written }]
      : [];
  });
}
