import type { Mark } from "./files.ts";

/** Comments by which scanners and checkers are told to be silent: those of scanners anywhere, those of linters for a whole file. */
const comments: readonly { readonly tool: string; readonly pattern: RegExp }[] = [
  {
    tool: "a scanner",
    pattern:
      /#\s*nosec\b|\/\/\s*#?nosec\b|\bnosemgrep\b|\bNOSONAR\b|\bgitleaks:allow\b|\btrufflehog:ignore\b|\bpragma: allowlist secret\b/u,
  },
  {
    tool: "a scanner",
    pattern:
      /\bcheckov:skip=|\btfsec:ignore:|\btrivy:ignore:|\bkics-scan (?:ignore|disable)|\bterrascan:skip|\bsnyk:ignore|\blgtm\s*\[|\bcodeql\[|\bzizmor: ignore|\bkube-linter\.io\/|\bignore-check\.kube-linter\.io\//,
  },
  {
    tool: "a scanner",
    pattern:
      /\bnolint:(?:\w+,)*(?:gosec|all)\b|\bnoqa:\s*(?:\w+,\s*)*S\d{3}\b|\brubocop:disable\s+Security\/|\bphpcs:disable\b|\bhadolint global ignore=/u,
  },
  {
    tool: "the type checker",
    pattern:
      /@ts-nocheck\b|^\s*#\s*(?:type:\s*ignore\b|mypy:\s*ignore-errors|pyright:\s*basic)|^\s*#\s*pyre-ignore-all-errors/u,
  },
  {
    tool: "the linter, for the whole file,",
    pattern:
      /^\s*\/\*\s*(?:eslint|oxlint|tslint|stylelint)-disable\s*\*\/|^\s*(?:\/\/|\/\*)\s*biome-ignore-all\b|^\s*#\s*(?:flake8|ruff):\s*noqa\s*$|^\s*#\s*pylint:\s*skip-file|^\s*#!\[allow\(clippy::all\)\]|^\s*\/\/\s*nolint\s*$/u,
  },
];

export function silencedIn(lines: readonly string[]): readonly Mark[] {
  return lines.flatMap((line, index) => {
    const found = comments.find(({ pattern }) => pattern.test(line));
    return found === undefined ? [] : [{ key: found.tool, text: shortened(line), line: index + 1 }];
  });
}

/** Files that list what scanners leave out, one entry a line. */
const lists =
  /(?:^|\/)(?:\.trivyignore(?:\.ya?ml)?|\.gitleaksignore|\.semgrepignore|\.snyk|\.checkov\.baseline|\.secrets\.baseline|\.bandit|\.nancy-ignore|audit-ci\.jsonc?|\.tfsecignore|osv-scanner\.toml)$/u;

export function isIgnoreList(path: string): boolean {
  return lists.test(path);
}

export function entriesIn(lines: readonly string[]): readonly Mark[] {
  return lines.flatMap((line, index) => {
    const text = line.trim();
    const isEntry = text !== "" && !text.startsWith("#") && !text.startsWith("//") && /\w/u.test(text);
    return isEntry ? [{ key: text, text: shortened(text), line: index + 1 }] : [];
  });
}

const shownLimit = 120;

function shortened(line: string): string {
  const text = line.trim();
  return text.length <= shownLimit ? text : `${text.slice(0, shownLimit)}…`;
}
