import { directoryOf } from "../views/terraform.ts";
import type { Edge, Unit } from "./graph/edge.ts";
import { isSharedHcl } from "./graph/terragrunt.ts";
import type { Call } from "./terraform-graph.ts";
import { put, type Trail } from "./trail.ts";
import type { World } from "./world.ts";

/** Nothing that people deploy is put together over more steps; chains made to be long end as edges that are not followed. */
export const stepsLimit = 60;

/** Calls of modules that may lead to a module and cannot be followed. */
export function openCalls(module: string, { terraform, view, graph }: World, trail: Trail): void {
  const name = module.slice(module.lastIndexOf("/") + 1);
  for (const call of terraform.open) {
    if (!mayCall(call, module, name)) continue;
    trail.open = true;
    put(trail, `unresolved-call:${call.path}:${call.label}`, call.path, call.line, {
      reason: `whether module "${call.label}" calls \`${module}\`, since its source \`${call.source}\` is not a path in this repository`,
      remedy:
        "Write the source as a literal path, or pin a remote one with `?ref=`; `modules` in the organisation's policy says which repository a source is.",
    });
  }
  const callers = [...view.unreadContext, ...graph.unread.filter(({ path }) => isSharedHcl(path))];
  for (const { path, line, text, reason } of callers) {
    if (text !== null && !text.includes(name === "" ? ".." : name)) continue;
    trail.open = true;
    put(trail, `unresolved-caller:${path}`, path, line, {
      reason: `whether \`${path}\` calls \`${module}\`, since it is ${reason}`,
      remedy: "Repair the file in a change of its own.",
    });
  }
}

/** A kustomization, a chart or a workflow that cannot be read may read what it mentions. */
export function unreadReaders({ kind, path: at }: Pick<Unit, "kind" | "path">, { graph }: World, trail: Trail): void {
  if (kind === "module") return;
  const name = at.slice(at.lastIndexOf("/") + 1);
  for (const { path, line, text, reason } of graph.unread) {
    if (path === at || directoryOf(path) === at || (text !== null && !text.includes(name === "" ? ".." : name)))
      continue;
    trail.open = true;
    put(trail, `unresolved-reader:${path}`, path, line, {
      reason: `whether \`${path}\` reads \`${at}\`, since it is ${reason}`,
      remedy: "Repair the file in a change of its own.",
    });
  }
}

/** An edge of which nobody can tell whether it is one: an expression stands for what is read, or an address for whose it is. */
export function openEdge({ reads, step, undecided }: Edge, at: Pick<Unit, "path">, trail: Trail): void {
  if (trail.stated) return;
  trail.open = true;
  const because =
    reads.kind === "pattern" ? "is only known where it runs" : "may be this repository under another name";
  put(trail, `unresolved-edge:${step.path}:${step.line ?? ""}`, step.path, step.line, {
    reason: `whether \`${at.path}\` is what \`${step.path}\` deploys, since \`${undecided ?? ""}\` ${because}`,
    remedy:
      reads.kind === "pattern"
        ? "Write the path out, or name where it is deployed in `layout`."
        : "Say in `modules` of the organisation's policy which repository it is, or name a version.",
  });
}

export function tooLong(at: Unit, trail: Trail): void {
  trail.open = true;
  put(trail, `long-chain:${at.path}`, at.path, null, {
    reason: `what \`${at.path}\` reaches, since the chain to it is over ${stepsLimit} steps long`,
    remedy: "Shorten the chain, or name where it is deployed in `layout`.",
  });
}

function mayCall(call: Call, module: string, name: string): boolean {
  switch (call.kind) {
    case "local":
      return false; // it leads out of the repository
    case "undecided":
      return !/["/]/u.test(call.source) || call.source.includes(name);
    case "remote": {
      // `…//modules/shared` without a pin may be this repository, as it is at the next `terraform init`.
      const inside = /[^:]\/\/([^?]*)/u.exec(call.source)?.[1] ?? "";
      return module !== "" && inside === module && !/[?&]ref=/u.test(call.source);
    }
  }
}
