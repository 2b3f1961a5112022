import { z } from "zod";
import { intersection, union } from "./join.ts";
import { group, key, later } from "./key.ts";
import { duration, login, name, text, wholeNumber } from "./values.ts";

const autonomy = z.enum(["observe", "propose", "sandbox", "execute"]);
const preApproved = z.strictObject({
  name: text,
  environments: z.array(name),
  kinds: z.array(text),
  services: z.array(name),
  approvals: wholeNumber,
  bake: duration,
});
const logins = z.array(login);

export const agents = group("Who is an agent, who is automation, and what each may do alone.", {
  also: key(logins, {
    join: union(),
    type: "list of logins",
    says: "Further accounts that are agents, beside those that are known.",
  }),
  automation: key(logins, {
    join: intersection(),
    type: "list of logins",
    says: "Deterministic accounts: judged as people's unmarked changes are, and never approvers.",
  }),
  machines: key(logins, {
    join: union(),
    type: "list of logins",
    says: "Accounts of type User that are no people: they never approve.",
  }),
  own_identity: later(z.enum(["off", "observe", "review", "block"]), {
    joinName: "the stricter value",
    type: "off, observe, review or block",
    says: "What follows when an agent pushes with a person's account.",
  }),
  new: later(z.strictObject({ autonomy, for: duration }), {
    joinName: "the lower autonomy, the longer time",
    type: "{ autonomy, for }",
    says: "The autonomy of an agent during its first days in a repository.",
  }),
  autonomy: later(z.record(z.string(), z.record(z.string(), autonomy)), {
    joinName: "the lower autonomy",
    type: "mapping from agent to environment to observe, propose, sandbox or execute",
    says: "How far each agent may go in each environment without people.",
  }),
  pre_approved: later(z.array(preApproved), {
    joinName: "intersection",
    type: "list of { name, environments, kinds, services, approvals, bake }",
    says: "Narrow, named changes that an agent at `execute` may make.",
  }),
});
