/** Values that chart-testing installs a chart with. https://github.com/helm/chart-testing ("ct install") */
export const settingsOfTests = /(?:^|\/)ci\/[^/]*values\.ya?ml$/iu;

/** Files of values, as people name them: `values-prod.yaml`, `values/prod.yaml`, `environments/prod.yaml`. */
export function isValuesFile(path: string): boolean {
  return (
    /(?:^|[/.-])values(?:[._-][^/]*)?\.ya?ml$|(?:^|\/)(?:values|env|envs|environments?)\/[^/]+\.ya?ml$/iu.test(path) &&
    !settingsOfTests.test(path)
  );
}
