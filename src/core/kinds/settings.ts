import type { Kind } from "../policy/schema.ts";
import { isOfValues } from "../helm/objects.ts";
import type { KubernetesView } from "../views/kubernetes.ts";
import { isKustomization } from "../views/kustomize.ts";
import type { ConfigValue, ValuesView, Written } from "../views/values.ts";
import type { KindEvidence } from "./evidence.ts";
import { holdsData, kindsOfSetting } from "./setting-names.ts";

/** Values files of charts: `values.yaml`, `values-production.yaml`, `production.values.yaml`. */
const valuesFile = /(?:^|[/._-])values(?:[._-][^/]*)?\.(?:ya?ml|json)$/iu;

/** Whether a chart reads a file, by its name. */
export function isValuesOfChart(path: string): boolean {
  return valuesFile.test(path);
}

/**
 * Kinds of changed keys of configuration: of values files, of kustomizations and of whatever else a deployment reads. Manifests tell
 * by their objects.
 */
export function settingKinds(view: ValuesView, { objects }: KubernetesView): readonly KindEvidence[] {
  const manifests = new Set(
    objects
      .flatMap(({ changed, before, after }) => (changed ? [before, after] : []))
      .flatMap((object) =>
        object === undefined || isOfValues(object) || isKustomization(object.path) ? [] : [object.path],
      ),
  );
  const set = view.values.flatMap((value) => {
    const at = value.after ?? value.before;
    return at === undefined || manifests.has(at.path) ? [] : kindsOf(value, at);
  });
  const hidden = view.unread.flatMap(({ place, keys }) =>
    (keys ?? []).flatMap(({ readings }) => {
      const [segments = []] = readings;
      return kindsOfSetting(segments, false).map((kind): KindEvidence => {
        const because = `a template sets \`${segments.join(".").replaceAll("`", "'")}\``;
        return { kind, path: place.path, side: place.side, line: place.line, because };
      });
    }),
  );
  return [...set, ...hidden];
}

function kindsOf(value: ConfigValue, at: Written): readonly KindEvidence[] {
  const [segments = []] = value.readings;
  const { path, side, line } = at.place;
  const change = `${shownKey(segments)} ${shown(value.before)} → ${shown(value.after)}`;
  const say = (kind: Kind): KindEvidence => ({ kind, path, side, line, because: change });
  const isChart = isValuesOfChart(at.path);
  const switchedOff = isChart && holdsData(segments) && value.before?.scalar === true && value.after?.scalar !== true;
  const pulled = isKustomization(at.path) && isRemote(segments, value) ? [say("dependencies")] : [];
  return [...kindsOfSetting(segments, isChart).map(say), ...(switchedOff ? [say("delete")] : []), ...pulled];
}

/** What a kustomization takes from elsewhere: bases by address, charts by version. */
function isRemote([first = ""]: readonly string[], { before, after }: ConfigValue): boolean {
  if (first === "helmCharts") return true;
  if (!["resources", "bases", "components"].includes(first)) return false;
  const written = [before?.scalar, after?.scalar];
  return written.some((text) => typeof text === "string" && /:\/\/|[?&]ref=|^[\w.-]+\.[a-z]{2,}\//u.test(text));
}

const keyLength = 80;

/** Names are an author's words, and are shown as code. */
function shownKey(segments: readonly string[]): string {
  const key = segments.join(".").replaceAll("`", "'");
  return `\`${key.length > keyLength ? `…${key.slice(1 - keyLength)}` : key}\``;
}

/** Only what cannot carry an author's words. */
function shown(written: Written | undefined): string {
  const scalar = written?.scalar;
  if (scalar === undefined || scalar === null) return "none";
  if (typeof scalar !== "string") return String(scalar);
  return /^[\d.]+[A-Za-z%]{0,2}$/u.test(scalar) ? scalar : "(text)";
}
