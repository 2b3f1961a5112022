import { z } from "zod";
import { change, created, list, noContent, numberParam, ok, parse, read, type Route } from "../http/call.ts";
import { wholeStackShape } from "../shapes/pulls.ts";
import { pullOf } from "../state/pulls.ts";
import { stackOf, stackPulls, unstack } from "../state/stacks.ts";

const PULLS = "pull_requests";

/** Stacked pull requests. Their endpoint of merging is missing: merging a stacked pull request merges what is below it. */
export const stackRoutes: readonly Route[] = [
  read("/stacks", PULLS, (call) => list(call.repository.stacks, (stack) => wholeStackShape(call.repository, stack))),
  read("/stacks/{stack_number}", PULLS, (call) =>
    ok(wholeStackShape(call.repository, stackOf(call.repository, numberParam(call, "stack_number")))),
  ),
  change("POST", "/stacks", [PULLS], "write", (call) => {
    const { pull_requests } = parse(z.object({ pull_requests: z.array(z.int()) }), call.body);
    const pulls = pull_requests.map((number) => pullOf(call.repository, number));
    return created(wholeStackShape(call.repository, stackPulls(call.world, call.repository, pulls, call.actor)));
  }),
  change("POST", "/stacks/{stack_number}/unstack", [PULLS], "write", (call) => {
    const stack = stackOf(call.repository, numberParam(call, "stack_number"));
    unstack(call.world, stack);
    return stack.pulls.length === 0 ? noContent() : ok(wholeStackShape(call.repository, stack));
  }),
];
