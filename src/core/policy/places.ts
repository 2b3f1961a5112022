/** Whose file it is, and what it may say: some keys are the organisation's alone, and `operations` holds planned operations alone. */
export type Scope = "organisation" | "repository" | "operations";

/**
 * Where policy files lie. `repository` and `operations` are read at the base branch, whichever that is; `organisation` in the owner's
 * `.github` repository, at its default branch alone.
 */
export const policyPaths: Readonly<Record<Scope, string>> = {
  organisation: "sallyport.yml",
  repository: ".github/sallyport.yml",
  operations: ".github/sallyport/operations.yml",
};

/** What a branch of a repository may hold, in the order in which it is told. */
export const ofBranch = ["repository", "operations"] as const satisfies readonly Scope[];
