import type { Annotation, CheckAction } from "./model.ts";
import { Refused, unprocessable } from "./refused.ts";

/** GitHub's limits on check runs (REST reference, "Create a check run"). Lengths are characters unless said otherwise. */
const TEXT_LIMIT = 65_535;
const ANNOTATIONS_PER_REQUEST = 50;
const ACTION_LIMIT = 3;
const ANNOTATION_TITLE_LIMIT = 255;
const ANNOTATION_MESSAGE_BYTES = 64 * 1024;

/** The output of a request, before anything is known to be right about it. */
export interface OutputInput {
  readonly title?: string | undefined;
  readonly summary?: string | undefined;
  readonly text?: string | null | undefined;
  readonly annotations?: readonly Annotation[] | undefined;
}

/** @throws Refused 422 naming the first limit that is passed. */
export function refuseOversizedOutput(output: OutputInput): void {
  if (output.title === undefined || output.title === "") throw missing("title");
  if (output.summary === undefined) throw missing("summary");
  for (const [field, text] of [
    ["summary", output.summary],
    ["text", output.text ?? ""],
  ] as const)
    if (text.length > TEXT_LIMIT)
      throw unprocessable(
        "CheckRun",
        field,
        `Only ${TEXT_LIMIT} characters are allowed; ${text.length} were supplied.`,
      );
  const annotations = output.annotations ?? [];
  if (annotations.length > ANNOTATIONS_PER_REQUEST)
    throw new Refused(
      422,
      `Invalid request.\n\nNo more than ${ANNOTATIONS_PER_REQUEST} items are allowed; ${annotations.length} were supplied.`,
    );
  for (const annotation of annotations) refuseBadAnnotation(annotation);
}

function refuseBadAnnotation(annotation: Annotation): void {
  const { start_line, end_line, start_column, end_column, title, message, raw_details } = annotation;
  if (annotation.path === "" || message === "") throw missing("annotations");
  if (start_line < 1 || end_line < start_line)
    throw unprocessable("CheckRun", "annotations", "end_line must be at least start_line, which must be at least 1");
  if ((start_column !== undefined || end_column !== undefined) && start_line !== end_line)
    throw unprocessable("CheckRun", "annotations", "columns are allowed only where start_line equals end_line");
  if ((title ?? "").length > ANNOTATION_TITLE_LIMIT)
    throw unprocessable("CheckRun", "annotations", `Only ${ANNOTATION_TITLE_LIMIT} characters are allowed in a title`);
  for (const text of [message, raw_details ?? ""])
    if (Buffer.byteLength(text) > ANNOTATION_MESSAGE_BYTES)
      throw unprocessable("CheckRun", "annotations", "Only 64 KB are allowed in message and raw_details");
}

/** @throws Refused 422 */
export function refuseOversizedActions(actions: readonly CheckAction[]): void {
  if (actions.length > ACTION_LIMIT)
    throw new Refused(
      422,
      `Invalid request.\n\nNo more than ${ACTION_LIMIT} items are allowed; ${actions.length} were supplied.`,
    );
  for (const { label, description, identifier } of actions)
    if (label.length > 20 || description.length > 40 || identifier.length > 20)
      throw unprocessable("CheckRun", "actions", "label and identifier hold 20 characters, description 40");
}

function missing(field: string): Refused {
  return new Refused(422, `Invalid request.\n\n"${field}" wasn't supplied.`, [
    { resource: "CheckRun", field, code: "missing_field" },
  ]);
}
