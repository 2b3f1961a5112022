import type { HclValue } from "../../hcl.ts";
import { attributeOf } from "../../views/terraform.ts";
import type { ModuleInstance } from "./module-instance.ts";

/** A `moved` block of one instance of a module, with absolute addresses. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** More steps than this lead in circles. */
const chainLimit = 20;

export function movesIn(instances: readonly ModuleInstance[]): readonly Move[] {
  return instances.flatMap(({ address, module }) =>
    module.moves.flatMap(({ block }) => {
      const from = addressIn(attributeOf(block.body, "from"));
      const to = addressIn(attributeOf(block.body, "to"));
      const prefix = address === "" ? "" : `${address}.`;
      return from === null || to === null ? [] : [{ from: prefix + from, to: prefix + to }];
    }),
  );
}

function addressIn(value: HclValue | undefined): string | null {
  if (value?.kind === "unknown") return value.text.replaceAll(/\s+/gu, "");
  return value?.kind === "literal" && typeof value.value === "string" ? value.value : null;
}

/**
 * Where moves take an address: every address on the way. Only what no longer stands moves. https://developer.hashicorp.com/terraform/language/modules/develop/refactoring
 */
export function destinations(
  address: string,
  moves: readonly Move[],
  stands: (address: string) => boolean,
): readonly string[] {
  const reached: string[] = [];
  let at = address;
  while (!stands(at) && reached.length < chainLimit) {
    const next = moves.map((move) => moved(at, move)).find((to) => to !== null && to !== at && !reached.includes(to));
    if (next === undefined || next === null) break;
    reached.push(next);
    at = next;
  }
  return reached;
}

/** A name without a key takes all its instances along, unless it is to become one of them. */
function moved(address: string, { from, to }: Move): string | null {
  if (address === from) return to;
  if (!address.startsWith(from)) return null;
  const rest = address.slice(from.length);
  const isInside = rest.startsWith(".") && isModule(from);
  const isInstance = rest.startsWith("[") && !from.endsWith("]") && !to.endsWith("]");
  return isInside || isInstance ? to + rest : null;
}

function isModule(address: string): boolean {
  return /(?:^|\.)module\.[^.[\]]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?$/u.test(address);
}

/** The other name of the one instance when `count` comes or goes: Terraform moves it by itself. */
export function impliedMove(address: string): string {
  return address.endsWith("[0]") ? address.slice(0, -3) : `${address}[0]`;
}
