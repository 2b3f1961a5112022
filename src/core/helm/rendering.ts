/** What Helm made of a chart with one set of values. */
export type Rendering =
  | {
      readonly kind: "manifests";
      /** Of the manifests and of what made them. */
      readonly digest: string;
      /** The manifests with a `# Source:` line before each; empty where both sides have the same. */
      readonly text: string;
    }
  /** A clause: why there are none. */
  | { readonly kind: "failed"; readonly because: string };

/** A chart of the repository and the values files that it is deployed with. */
export interface ChartUse {
  /** The chart's folder. */
  readonly chart: string;
  /** The file that has the last word: limits and reach go by it. */
  readonly path: string;
  /** Values files over the chart's own, the last one on top. */
  readonly files: readonly string[];
}

/** A chart before and after, with one set of values. Null: it is not there on that side. */
export interface RenderedChart extends ChartUse {
  readonly before: Rendering | null;
  readonly after: Rendering | null;
}
