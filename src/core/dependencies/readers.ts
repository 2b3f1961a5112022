import { bunBinaryLock, bunLock, bunSettings } from "./bun.ts";
import { bundleSettings, gemfile, gemfileLock } from "./bundler.ts";
import { cargoLock, cargoSettings, cargoToml } from "./cargo.ts";
import { composerJson, composerLock } from "./composer.ts";
import { goModule, goSum } from "./go.ts";
import { gradleBuild, gradleCatalogue, gradleLock, gradleVerification } from "./gradle.ts";
import { dockerfile } from "./images.ts";
import { installLines } from "./install-lines.ts";
import { mavenProject, mavenSettings, wrapperProperties } from "./maven.ts";
import { npmrc, packageJson, packageLock } from "./npm.ts";
import { nugetLock, nugetProject, nugetSettings } from "./nuget.ts";
import { pnpmLock, pnpmWorkspace } from "./pnpm.ts";
import { pipfile, pipfileLock, pipSettings, pyproject, pythonLock, requirements, uvSettings } from "./python.ts";
import type { Reader } from "./reading.ts";
import { gitmodules } from "./submodules.ts";
import { yarnLock, yarnSettings } from "./yarn.ts";

const readers: readonly Reader[] = [
  packageJson,
  packageLock,
  npmrc,
  pnpmLock,
  pnpmWorkspace,
  yarnLock,
  yarnSettings,
  bunLock,
  bunBinaryLock,
  bunSettings,
  requirements,
  pipSettings,
  uvSettings,
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
  bundleSettings,
  composerJson,
  composerLock,
  dockerfile,
  mavenProject,
  mavenSettings,
  wrapperProperties,
  gradleBuild,
  gradleLock,
  gradleVerification,
  gradleCatalogue,
  nugetProject,
  nugetSettings,
  nugetLock,
  gitmodules,
  installLines,
];

/** Who reads a file of this name; undefined where it is none that says what a repository depends on. */
export function readerOf(path: string): Reader | undefined {
  return readers.find(({ claims }) => claims(path));
}
