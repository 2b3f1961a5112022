import type { Line } from "./workflow-read.ts";

/** What a command of a script deploys: a file or folder, as it is written, from the folder the command runs in. */
export interface Deployed {
  readonly text: string;
  readonly line: number;
  /** Everything below it, not only what is put together there. */
  readonly tree: boolean;
}

/** In a longer command quotes are not paired, which would take long: it is taken apart at its blanks, and no path in it is lost that has none. */
const pairedLimit = 10_000;

/** What a line of a script deploys, as far as it is written out. Tools that are not known here say nothing. */
export function deployedBy({ text, line }: Line): readonly Deployed[] {
  return text
    .split(/&&|\|\|?|;/u)
    .map(words)
    .flatMap((command) => inCommand(command.slice(Math.max(0, command.findIndex(isTool)))))
    .map((one) => ({ ...one, line }));
}

type Found = Omit<Deployed, "line">;

const tools = new Set(["terraform", "tofu", "kubectl", "oc", "kustomize", "helm"]);
const isTool = (word: string): boolean => tools.has(word.slice(word.lastIndexOf("/") + 1));

function inCommand([tool = "", ...rest]: readonly string[]): readonly Found[] {
  switch (tool.slice(tool.lastIndexOf("/") + 1)) {
    case "terraform":
    case "tofu":
      return [...valuesOf(rest, /^--?chdir$/u).map(unit), ...valuesOf(rest, /^--?var-file$/u).map(whole)];
    case "kubectl":
    case "oc":
      if (!rest.some((word) => /^(?:apply|create|replace|set)$/u.test(word))) return [];
      return [
        ...valuesOf(rest, /^(?:-k|--kustomize)$/u).map(unit),
        ...valuesOf(rest, /^(?:-[a-zA-Z]*f|--filename)$/u).map(whole),
      ];
    case "kustomize":
      return rest[0] === "build" ? operands(rest.slice(1)).slice(0, 1).map(unit) : [];
    case "helm": {
      const at = rest.findIndex((word) => /^(?:upgrade|install|template)$/u.test(word));
      if (at < 0) return [];
      const [first, chart] = operands(rest.slice(at + 1));
      const named = rest[at] === "template" && chart === undefined ? first : chart;
      const files = valuesOf(rest, /^(?:-f|--values)$/u).flatMap((one) => one.split(","));
      return [...(named === undefined ? [] : [unit(named)]), ...files.map(whole)];
    }
    default:
      return [];
  }
}

const unit = (text: string): Found => ({ text, tree: false });
const whole = (text: string): Found => ({ text, tree: true });

/** Words of a shell's command; quotes hold one together. */
function words(text: string): readonly string[] {
  const found =
    text.length > pairedLimit ? text.split(/\s+/u) : text.match(/(?:\$\{\{[^}]*\}\}|"[^"]*"|'[^']*'|[^\s"'])+/gu);
  return (found ?? []).map((word) => word.replace(/["']/gu, "")).filter((word) => word !== "");
}

/** Values of an option, behind it or joined to it by `=`. */
function valuesOf(all: readonly string[], option: RegExp): readonly string[] {
  return all.flatMap((word, index) => {
    const at = word.indexOf("=");
    if (at > 0 && option.test(word.slice(0, at))) return [word.slice(at + 1)];
    const next = all[index + 1];
    return option.test(word) && next !== undefined && next !== "-" ? [next] : [];
  });
}

/** Options of Helm and Kustomize that take no value of their own; every other one that stands alone takes the next word. */
const flags =
  /^(?:-i|--(?:install|atomic|wait|wait-for-jobs|create-namespace|debug|dry-run|force|reuse-values|reset-values|dependency-update|enable-helm|cleanup-on-fail|no-hooks|skip-crds|verify|devel))$/u;

function operands(all: readonly string[]): readonly string[] {
  return all.filter((word, index) => {
    const before = all[index - 1] ?? "";
    const taken = before.startsWith("-") && !before.includes("=") && !flags.test(before);
    return !word.startsWith("-") && !taken;
  });
}
