import type { Judging } from "../grants/observations.ts";
import { coversCondition } from "./conditions.ts";
import { coversMember, isAnybody } from "./members.ts";
import { coversRole } from "./role-order.ts";
import type { GoogleLevel } from "./scopes.ts";
import { scopeInWords, weightOf } from "./weights.ts";

export const googleJudging: Judging<GoogleLevel> = {
  order: { role: coversRole, member: coversMember, condition: coversCondition },
  weigh: weightOf,
  named: scopeInWords,
  isAnybody: ({ member }) => isAnybody(member),
};
