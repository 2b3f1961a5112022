import type { Mark } from "./files.ts";

const configurations =
  /(?:^|\/)(?:\.github\/|\.gitlab\/)?(?:renovate\.json5?|\.renovaterc(?:\.json5?)?|renovate-config\.js|default\.json5?)$/u;

/** Configuration of the updater that merges by itself where it is told to; Dependabot has no such switch. */
export function configuresUpdater(path: string, lines: readonly string[]): boolean {
  if (!configurations.test(path)) return false;
  return !/default\.json5?$/u.test(path) || lines.some((line) => /renovate/iu.test(line));
}

/** What lets updates in that nobody looks at. Source: docs.renovatebot.com, "Configuration options" and "Default presets". */
const merging: readonly { readonly key: string; readonly pattern: RegExp }[] = [
  {
    key: "merges updates by itself",
    pattern:
      /["']?\bautomerge["']?\s*:\s*true\b|["']:automerge(?!Disabled)\w+["']|["']default:automerge(?!Disabled)\w+["']/u,
  },
  { key: "merges past the tests", pattern: /["']?\bignoreTests["']?\s*:\s*true\b/u },
  {
    key: "merges without a pull request",
    pattern: /["']?\bautomergeType["']?\s*:\s*["']branch["']|["']:automergeBranch["']/u,
  },
  { key: "runs programs", pattern: /["']?\b(?:postUpgradeTasks|allowedCommands)["']?\s*:/u },
];

/** Switches of the same, set to something that is only known when it runs. */
const unknown = /["']?\b(?<key>automerge|ignoreTests)["']?\s*:\s*(?!true\b|false\b)\S/u;

/** Lines of which nobody can tell whether they merge. */
export function undecidedIn(lines: readonly string[]): readonly Mark[] {
  return lines.flatMap((line, index) => {
    const key = unknown.exec(line)?.groups?.["key"];
    return key === undefined ? [] : [{ key, text: line.trim().slice(0, 120), line: index + 1 }];
  });
}

export function mergingIn(lines: readonly string[]): readonly Mark[] {
  return lines.flatMap((line, index) =>
    merging.flatMap(({ key, pattern }) =>
      pattern.test(line) ? [{ key, text: line.trim().slice(0, 120), line: index + 1 }] : [],
    ),
  );
}

/** How long an update has to be out before it comes, in hours, by line; null where that is not said in numbers. */
export function agesIn(
  lines: readonly string[],
): readonly { readonly hours: number | null; readonly text: string; readonly line: number }[] {
  return lines.flatMap((line, index) => {
    const value = /["']?\b(?:minimumReleaseAge|stabilityDays)["']?\s*:\s*(?<value>[^,}]+)/u.exec(line)?.groups?.[
      "value"
    ];
    if (value === undefined) return [];
    const read = /^["']?(?<number>\d+)\s*(?<unit>hour|day|week|month)?s?["']?\s*$/u.exec(value.trim())?.groups;
    const unit = { hour: 1, day: 24, week: 168, month: 720 }[read?.["unit"] ?? "day"] ?? 24;
    return [
      {
        hours: read === undefined ? null : Number(read["number"]) * unit,
        text: line.trim().slice(0, 120),
        line: index + 1,
      },
    ];
  });
}
