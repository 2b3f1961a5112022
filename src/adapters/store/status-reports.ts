import type { StatusReports } from "../../app/ports.ts";
import { subjectId } from "../../core/subject.ts";
import { holdsLease } from "./budgets.ts";
import type { Store } from "./engine.ts";

/** Counts of reports on either engine. The lease leaves one writer for each row. */
export function statusReports(store: Store): StatusReports {
  return {
    take: async (claim, limit) =>
      await store.db.transaction().execute(async (tx) => {
        if (!(await holdsLease(store, tx, claim))) return false;
        const written = await tx
          .insertInto("status_reports")
          .values({ subject_id: subjectId(claim.subject), taken: 1 })
          .onConflict((conflict) =>
            conflict
              .column("subject_id")
              .doUpdateSet((eb) => ({ taken: eb("status_reports.taken", "+", 1) }))
              .where("status_reports.taken", "<", limit),
          )
          .returning("taken")
          .executeTakeFirst();
        return written !== undefined && limit > 0;
      }),
  };
}
