import { z } from "zod";
import type { Mark } from "../../../app/ports.ts";
import type { Repository, Subject } from "../../../core/subject.ts";

/** What a reader may know beside the payload. */
export interface App {
  /** The App ID: a check run is ours if its `app.id` is this. */
  readonly id: number;
  /** The API that this App asks. */
  readonly apiUrl: string;
}

/**
 * From the payload of one event to the marks it is a reason for. Only ids and names that say where to look are read: what is true
 * there is GitHub's to say when it is looked at. Throws a ZodError where the payload has not the form that GitHub documents.
 */
export type Reader = (payload: unknown, app: App) => readonly Mark[];

/** `installation`: every webhook of an App has it. https://docs.github.com/en/webhooks/webhook-events-and-payloads */
export const installation = z.looseObject({ id: z.int().positive() });

/** `repository`, as a subject names it. */
export const repository = z
  .looseObject({ id: z.int().positive(), name: z.string().min(1), owner: z.looseObject({ login: z.string().min(1) }) })
  .transform(({ id, name, owner }): Repository => ({ id, owner: owner.login, name }));

/** The members that events about a repository share. */
export const ofRepository = z.looseObject({ installation, repository });

/** The members that every event has. */
export const ofInstallation = z.looseObject({ installation });

/** Who pressed a button. */
export const sender = z.looseObject({ id: z.int().positive(), login: z.string().min(1) });

export function changed(subject: Subject): Mark {
  return { kind: "changed", subject };
}

export function urgent(subject: Subject): Mark {
  return { kind: "urgent", subject };
}
