import type { Place } from "../change/change-set.ts";
import type { Value } from "../views/value.ts";
import type { WorkflowsView } from "../views/workflows.ts";
import { newlyHeld } from "./fresh.ts";
import type { Workflow } from "./model.ts";
import { isPlatform, type Pin, type Uses, usesOf } from "./uses.ts";

/** An action, a workflow or an image from outside that a step or job uses. */
export interface Use {
  readonly name: string;
  readonly owner: string;
  readonly ref: string;
  readonly pin: Pin;
  readonly isPlatform: boolean;
  readonly at: Place;
}

/** Actions and workflows that are used, and the images of containers: of jobs, of those beside them, and of actions that are one. */
export function usesIn({ jobs }: Workflow): readonly Use[] {
  return jobs.flatMap(({ calls, steps, containers, root }) => {
    const named = [calls, ...steps.map(({ uses }) => uses)].flatMap((uses) =>
      uses === null ? [] : (useOf(uses.ref, uses.at) ?? []),
    );
    const images = [...containers.map(({ image }) => image), imageOfAction(root)].flatMap((image) =>
      image === null ? [] : (useOf(usesOf(`docker://${image.text}`), image.at) ?? []),
    );
    return [...named, ...images];
  });
}

/** `runs.image` of an action that is a container; a Dockerfile beside it is read by the rules on images. */
function imageOfAction(runs: Value): { readonly text: string; readonly at: Place } | null {
  const image = runs.at("image");
  if (typeof image?.scalar !== "string" || !image.scalar.startsWith("docker://")) return null;
  return { text: image.scalar.slice("docker://".length), at: image.place };
}

function useOf(ref: Uses, at: Place): Use | null {
  switch (ref.kind) {
    case "local":
      return null;
    case "unknown":
      return { name: ref.text, owner: ref.text, ref: "", pin: "moving", isPlatform: false, at };
    case "image": {
      const {
        name = ref.image,
        tag = "",
        digest = "",
      } = /^(?<name>[^@]*?)(?::(?<tag>[^:/@]*))?(?:@(?<digest>.*))?$/u.exec(ref.image)?.groups ?? {};
      // Without an owner it is one of the images that Docker Hub looks after itself.
      const isOfficial = /^[\w.-]+$/u.test(name);
      return { name, owner: name, ref: digest === "" ? tag : digest, pin: ref.pin, isPlatform: isOfficial, at };
    }
    case "action":
      return { ...ref, isPlatform: isPlatform(ref.owner), at };
  }
}

/**
 * What the change newly uses: an action that is new, or another reference of one that is known. `stood` are the references to it that the change
 * took away or, where it took none, that stand in the base of the files it touches. Empty: no file at hand used it before.
 */
export function newlyUsed({ changes, unchanged }: WorkflowsView): readonly {
  readonly workflow: Workflow;
  readonly use: Use;
  readonly stood: readonly Use[];
  /** Uses of the same action in workflows beside the change. */
  readonly beside: readonly Use[];
}[] {
  const formerly = changes.flatMap(({ before }) => (before === null ? [] : usesIn(before)));
  const now = new Set(changes.flatMap(({ after }) => (after === null ? [] : usesIn(after))).map(keyOf));
  const elsewhere = unchanged.flatMap(usesIn);
  const found = newlyHeld(changes, (workflow) =>
    usesIn(workflow).map((use) => ({ key: keyOf(use), trace: `${use.at.line}`, use })),
  );
  return found.map(({ workflow, item: { use } }) => {
    const same = formerly.filter(({ name }) => name === use.name);
    const gone = same.filter((one) => !now.has(keyOf(one)));
    return {
      workflow,
      use,
      stood: gone.length > 0 ? gone : same,
      beside: elsewhere.filter(({ name }) => name === use.name),
    };
  });
}

function keyOf({ name, ref }: Use): string {
  return `${name}@${ref}`;
}
