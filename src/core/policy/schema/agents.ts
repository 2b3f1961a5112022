import { z } from "zod";
import { autonomy, newcomers, ownIdentity, preApproved } from "./autonomy.ts";
import { intersection, union } from "./join.ts";
import { group, key } from "./key.ts";
import { login } from "./values.ts";

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
  own_identity: ownIdentity,
  new: newcomers,
  autonomy,
  pre_approved: preApproved,
});
