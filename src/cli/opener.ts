import { InvalidArgumentError, Option } from "commander";

/** Letters, digits and hyphens; an underscore in accounts that a company manages; `[bot]` for an App. https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication */
const login = /^[a-z\d][\w-]*(?:\[bot\])?$/iu;

/**
 * `--as`. What no account can be called is refused: a variable that a script left empty would be judged as a person's change,
 * which is asked for less.
 */
export function openerOption(description: string): Option {
  return new Option("--as <login>", description).default("copilot").argParser((text) => {
    if (login.test(text)) return text;
    throw new InvalidArgumentError("Name copilot, or the login of an account.");
  });
}
