import { endsWithCrc32 } from "../checksums.ts";
import { hasDigitBehindPrefix, token, type ProviderRule } from "../rule.ts";
import * as form from "../shape.ts";
import { run } from "../shape.ts";

const npm = "https://github.blog/2021-09-23-announcing-npms-new-access-token-format/";

/** Where packages and images are published. */
export const registries: readonly ProviderRule[] = [
  token({
    id: "npm-token",
    provider: "npm",
    what: "npm access token",
    literals: "npm_",
    rest: [run(form.word, 36)],
    passes: endsWithCrc32,
    proven: true,
    source: npm,
  }),
  token({
    id: "pypi-token",
    provider: "PyPI",
    what: "PyPI API token",
    literals: "pypi-AgEIcHlwaS5vcmc",
    rest: [run(form.base64url, 50, 1000)],
  }),
  token({
    id: "pypi-test-token",
    provider: "PyPI",
    what: "TestPyPI API token",
    level: "review",
    literals: "pypi-AgENdGVzdC5weXBpLm9yZw",
    rest: [run(form.base64url, 50, 1000)],
  }),
  token({
    id: "rubygems-key",
    provider: "RubyGems",
    what: "RubyGems API key",
    literals: "rubygems_",
    rest: [run(form.lowerHex, 48)],
  }),
  token({
    id: "crates-io-token",
    provider: "crates.io",
    what: "crates.io API token",
    literals: "cio",
    rest: [run(form.word, 32)],
    passes: (value) => /[0-9]/.test(value) && /[A-Z]/.test(value),
  }),
  token({
    id: "nuget-key",
    provider: "NuGet",
    what: "NuGet API key",
    literals: "oy2",
    rest: [run(form.lowerWord, 43)],
    passes: hasDigitBehindPrefix,
  }),
  token({
    id: "docker-hub-token",
    provider: "Docker Hub",
    what: "Docker Hub access token",
    literals: ["dckr_pat_", "dckr_oat_"],
    rest: [run(form.base64url, 27, 40)],
  }),
  token({
    id: "clojars-token",
    provider: "Clojars",
    what: "Clojars deploy token",
    literals: "CLOJARS_",
    rest: [run(form.lowerHex, 60)],
  }),
  token({
    id: "artifactory-key",
    provider: "JFrog",
    what: "Artifactory API key",
    literals: "AKCp",
    rest: [run(form.word, 66, 72)],
  }),
  token({
    id: "artifactory-reference-token",
    provider: "JFrog",
    what: "Artifactory reference token",
    literals: "cmVmdGtu",
    rest: [run(form.word, 56)],
  }),
  token({
    id: "packagist-token",
    provider: "Packagist",
    what: "Private Packagist token",
    literals: ["packagist_ort_", "packagist_uut_", "packagist_oup_", "packagist_ack_"],
    rest: [run(form.lowerHex, 60, 80)],
  }),
];
