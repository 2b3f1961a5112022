import { bunLock } from "./bun.ts";
import { gemfile, gemfileLock } from "./bundler.ts";
import { cargoLock, cargoSettings, cargoToml } from "./cargo.ts";
import { composerJson, composerLock } from "./composer.ts";
import { goModule, goSum } from "./go.ts";
import { dockerfile } from "./images.ts";
import { npmrc, packageJson, packageLock } from "./npm.ts";
import { pnpmLock } from "./pnpm.ts";
import { pipfile, pipfileLock, pipSettings, pyproject, pythonLock, requirements } from "./python.ts";
import type { Reader } from "./reading.ts";
import { gitmodules } from "./submodules.ts";
import { yarnLock, yarnSettings } from "./yarn.ts";

const readers: readonly Reader[] = [
  packageJson,
  packageLock,
  npmrc,
  pnpmLock,
  yarnLock,
  yarnSettings,
  bunLock,
  requirements,
  pipSettings,
  pyproject,
  pipfile,
  pipfileLock,
  pythonLock,
  cargoToml,
  cargoLock,
  cargoSettings,
  goModule,
  goSum,
  gemfile,
  gemfileLock,
  composerJson,
  composerLock,
  dockerfile,
  gitmodules,
];

/** Who reads a file of this name; undefined where it is none that says what a repository depends on. */
export function readerOf(path: string): Reader | undefined {
  return readers.find(({ claims }) => claims(path));
}
