import type { Place } from "../../change/change-set.ts";
import type { HclValue } from "../../hcl.ts";
import { fatesOf } from "../../terraform/fates.ts";
import type { Resource, ResourcesView } from "../../terraform/model.ts";
import { inCode, isDeployed, nameOf, pathsOf, type Reach } from "../../terraform/telling.ts";
import { attributeOf, textOf } from "../../views/terraform.ts";
import type { Observation } from "../../rule.ts";
import { referenceIn } from "./terms.ts";
import { escalatingActions } from "../azure/weights.ts";
import { escalating } from "../google/weights.ts";

/** A list of a role that somebody defines: `permissions`, or `actions` in a block. Where `isLess`, what is on it is taken away. */
interface Listed {
  readonly name: string;
  readonly block: string | null;
  readonly isLess: boolean;
  /** Names of things: what one is called is as good as its name. */
  readonly isScope?: true;
}

/** https://registry.terraform.io/providers/hashicorp/google and hashicorp/azurerm: resources that define roles. */
const lists: Readonly<Record<string, readonly Listed[]>> = {
  google_organization_iam_custom_role: [{ name: "permissions", block: null, isLess: false }],
  google_project_iam_custom_role: [{ name: "permissions", block: null, isLess: false }],
  azurerm_role_definition: [
    { name: "actions", block: "permissions", isLess: false },
    { name: "data_actions", block: "permissions", isLess: false },
    { name: "not_actions", block: "permissions", isLess: true },
    { name: "not_data_actions", block: "permissions", isLess: true },
    { name: "assignable_scopes", block: null, isLess: false, isScope: true },
  ],
};

/** What roles that a configuration defines newly allow. Of a role that is new, only what leads to the permissions of others. */
export function customRoleObservations(view: ResourcesView, reach: Reach): readonly Observation[] {
  const readdressed = new Map(fatesOf(view).flatMap((fate) => ("after" in fate ? [[fate.after, fate.before]] : [])));
  const found = view.resources.flatMap(({ root, before, after, explainedBy }): readonly Observation[] => {
    const own = after === undefined ? undefined : lists[after.type];
    if (after?.mode !== "managed" || own === undefined || !isDeployed(root, pathsOf(after, explainedBy), reach))
      return [];
    return own.flatMap((one) => compare(one, before ?? readdressed.get(after), after));
  });
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

function compare(listed: Listed, before: Resource | undefined, after: Resource): readonly Observation[] {
  const [was, is] = [before === undefined ? [] : itemsIn(before, listed), itemsIn(after, listed)];
  const at: Place = { path: after.path, side: "head", line: lineOf(after, listed) };
  const about = `${after.path} ${nameOf(after)}#${listed.name}`;
  const undecided = (item: Item | undefined): readonly Observation[] => [
    { at, about, undecided: `what ${inCode(item?.text ?? listed.name)} lets the role ${inCode(after.address)} do` },
  ];
  const known = new Set(was.map(({ text }) => text));
  const unknown = (listed.isLess ? was : is).find((one) => !one.isDecided);
  if (listed.isLess) {
    if (before === undefined) return [];
    const gone = was.filter(
      (one) => one.isDecided && !is.some((other) => other.isDecided && covers(other.text, one.text)),
    );
    if (gone.length === 0) {
      // What it held nobody knows, and it may have kept something from the role.
      const lost = was.find((one) => !one.isDecided && !is.some(({ text }) => text === one.text));
      return lost === undefined
        ? []
        : [{ at, about, undecided: `what ${inCode(lost.text)} kept from the role ${inCode(after.address)}` }];
    }
    const words = `no longer denies ${told(gone)}`;
    return [{ at, about, message: `the role ${inCode(after.address)} ${words}`, paths: [after.path], asks: true }];
  }
  if (unknown !== undefined && !known.has(unknown.text)) return undecided(unknown);
  const takesIn = listed.isScope === true ? liesIn : covers;
  const newly = is.filter(
    (one) => one.isDecided && !was.some((other) => other.isDecided && takesIn(other.text, one.text)),
  );
  if (newly.length === 0) return [];
  const names = newly.map(({ text }) => text);
  const leading = listed.isScope === true ? [] : [...escalating(names), ...escalatingActions(names)];
  if (before === undefined && leading.length === 0) return [];
  const what = listed.isScope === true ? "can newly be given on" : "newly allows";
  const clause =
    leading.length === 0
      ? ""
      : `; with ${told(newly.filter(({ text }) => leading.includes(text)))} whoever holds it gets the permissions of others`;
  const shown = leading.length > 0 && before === undefined ? newly.filter(({ text }) => leading.includes(text)) : newly;
  const message = `the role ${inCode(after.address)} ${what} ${told(shown)}${clause}`;
  return [{ at, about, message, paths: [after.path], ...(leading.length > 0 ? {} : { asks: true as const }) }];
}

interface Item {
  readonly text: string;
  readonly isDecided: boolean;
}

function itemsIn({ block }: Resource, { name, block: inner, isScope }: Listed): readonly Item[] {
  const bodies = inner === null ? [block] : block.body.blocks.filter(({ type }) => type === inner);
  const generated =
    inner === null ? [] : block.body.blocks.filter(({ type, labels }) => type === "dynamic" && labels[0] === inner);
  return [
    ...bodies.flatMap(({ body }) => itemsOf(attributeOf(body, name), isScope === true)),
    ...generated.map(({ body }) => ({
      text: textOf(attributeOf(body, "for_each") ?? { kind: "unknown", text: "" }),
      isDecided: false,
    })),
  ];
}

function itemsOf(value: HclValue | undefined, isScope: boolean): readonly Item[] {
  if (value === undefined || (value.kind === "literal" && value.value === null)) return [];
  if (value.kind === "list") return value.items.flatMap((item) => itemsOf(item, isScope));
  return [
    { text: textOf(value), isDecided: value.kind === "literal" || (isScope && referenceIn(textOf(value)) !== null) },
  ];
}

/** Whether one scope lies in another, by their paths. */
function liesIn(wide: string, narrow: string): boolean {
  const [above, below] = [wide.toLowerCase(), narrow.toLowerCase()];
  return above === "/" || above === below || below.startsWith(`${above}/`);
}

/** Whether a pattern takes in all that another does: `*` of the wide one may stand for anything, that of the narrow one for itself. */
function covers(wide: string, narrow: string): boolean {
  const escaped = wide.split("*").map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/gu, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`, "isu").test(narrow);
}

function lineOf({ written }: Resource, { name, block }: Listed): number {
  const bodies = block === null ? [written] : written.body.blocks.filter(({ type }) => type === block);
  const found = bodies.flatMap(({ body }) => body.attributes).find((one) => one.name === name);
  return found?.line ?? bodies[0]?.line ?? written.line;
}

function told(items: readonly Item[]): string {
  const shown = items.slice(0, shownAtMost).map(({ text }) => inCode(text));
  return items.length > shownAtMost ? `${shown.join(", ")} and ${items.length - shownAtMost} more` : shown.join(", ");
}
const shownAtMost = 5;
