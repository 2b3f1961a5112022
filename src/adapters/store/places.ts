import type { Places } from "../../app/ports.ts";
import type { Store } from "./engine.ts";
import { readSubject } from "./subject-column.ts";

/** Where Sallyport is installed, as far as it was ever told. */
export function places({ db }: Store): Places {
  return {
    list: async () => {
      const rows = await db
        .selectFrom("subjects")
        .select("subject")
        .where("kind", "in", ["pull_request", "sweep_repository", "sweep_installation"])
        .orderBy("id")
        .execute();
      const found = rows.map(({ subject }) => readSubject(subject));
      const byKey = new Map(
        found.map((subject) => {
          const repository = "repository" in subject ? subject.repository : null;
          return [
            `${subject.installationId}/${repository?.id ?? ""}/${repository?.owner ?? ""}/${repository?.name ?? ""}`,
            { installationId: subject.installationId, repository },
          ];
        }),
      );
      return [...byKey.values()];
    },
  };
}
