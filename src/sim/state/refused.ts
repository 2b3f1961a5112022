/** GitHub's answer to a request it does not carry out. The façade throws it; the HTTP server turns it into a response. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: readonly RefusedField[];

  constructor(status: number, message: string, errors: readonly RefusedField[] = []) {
    super(message);
    this.name = "Refused";
    this.status = status;
    this.errors = errors;
  }
}

export interface RefusedField {
  readonly resource: string;
  readonly field: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "custom";
  readonly message?: string;
}

export function notFound(): Refused {
  return new Refused(404, "Not Found");
}

/** GitHub's 422 with one reason. */
export function unprocessable(resource: string, field: string, message: string): Refused {
  return new Refused(422, "Validation Failed", [{ resource, field, code: "custom", message }]);
}
