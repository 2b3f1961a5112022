import { HelmRenderer } from "./adapters/helm/renderer.ts";
import type { ChartRenderer } from "./app/chart-rendering.ts";
import type { HelmProgram } from "./config.ts";

/** Charts are rendered only where somebody named the program: it is run on files that nobody has read yet. */
export function rendererOf(helm: HelmProgram | null): ChartRenderer | null {
  return helm === null ? null : new HelmRenderer(helm);
}
