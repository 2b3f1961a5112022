import type { Observation } from "../rule.ts";
import type { FileReach } from "../reach/reach.ts";
import { describeObject, type KubernetesObject, type KubernetesView } from "../views/kubernetes.ts";
import type { ScalarValue } from "../views/documents.ts";
import { type Guard, weakenings } from "./guards.ts";

export type Reach = (path: string) => Pick<FileReach, "targets" | "unresolved">;

/** Whether a file is deployed, as far as anybody knows: samples and tests are not. */
export function isReached(path: string, reach: Reach): boolean {
  const { targets, unresolved } = reach(path);
  return unresolved || targets.length > 0;
}

/** What a finding is about: stable over pushes, and the same for all rules that look at one value. */
export function aboutOf(object: KubernetesObject, field = ""): string {
  return `${object.path} ${describeObject(object)}${field === "" ? "" : `#${field}`}`;
}

export function inCode(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** What is to be said of guards that are weaker than before. */
export function* weakened(
  { objects }: KubernetesView,
  guards: readonly Guard[],
  reach: Reach,
  may: { readonly block: (object: KubernetesObject, guard: Guard) => boolean },
): Iterable<Observation> {
  for (const { object, guard, at, before, after, isOpen } of weakenings(objects, guards, reach)) {
    if (!isReached(object.path, reach)) continue;
    const field = guard.path.join(".");
    const about = `${aboutOf(object, field)} ${guard.follows}`;
    const name = inCode(describeObject(object));
    if (isOpen) {
      yield { at: at.place, about, undecided: `what ${inCode(field)} of ${name} is now` };
      continue;
    }
    yield {
      at: at.place,
      about,
      message: `${inCode(field)} of ${name} ${shown(before)} → ${shown(after)}: ${guard.follows}`,
      object: describeObject(object),
      pointer: at.pointer,
      before: plain(before),
      after: plain(after),
      ...(guard.blocks === true && may.block(object, guard) ? {} : { asks: true as const }),
    };
  }
}

function shown(value: ScalarValue): string {
  return value === null || value === "" ? "none" : inCode(String(value));
}

/** Only what can be no text of an author: switches, numbers, policies and lengths of time. */
function plain(value: ScalarValue): ScalarValue {
  return typeof value !== "string" || /^[\w.=,/-]{0,60}$/u.test(value) ? value : "(text)";
}
