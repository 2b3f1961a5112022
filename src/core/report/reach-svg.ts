import { shorten, visible } from "../../lib/text.ts";
import type { Tier } from "../policy/schema.ts";
import type { Step } from "../reach/reach.ts";
import type { ReachShown } from "./reach-text.ts";

const box = { width: 300, height: 44, gapX: 70, gapY: 16, margin: 24, letters: 40 } as const;
/** A picture of more shows nothing; the text and the JSON have them all. */
const nodesLimit = 400;
/** Paper, lines and tiers; they keep their contrast in print and for colour-blind readers, and every box names its tier. */
const colours = {
  paper: "#ffffff",
  ink: "#1f2933",
  faint: "#616e7c",
  line: "#9aa5b1",
  file: "#e4e7eb",
  step: "#ffffff",
  development: "#d5f0e3",
  staging: "#d6e4ff",
  production: "#ffd9d4",
  unknown: "#fff3c4",
} as const;

interface Node {
  readonly column: number;
  row: number;
  readonly title: string;
  readonly text: string;
  readonly fill: string;
  readonly dashed: boolean;
}

/** The graph from files on the left to environments on the right, each step with its line. Deterministic, without scripts or links. */
export function renderReachSvg(shown: ReachShown): string {
  const { nodes, edges, omitted } = graphOf(shown);
  const rows = new Map<number, number>();
  for (const node of nodes.values()) {
    node.row = rows.get(node.column) ?? 0;
    rows.set(node.column, node.row + 1);
  }
  const columns = Math.max(0, ...rows.keys()) + 1;
  const tallest = Math.max(1, ...rows.values());
  const width = 2 * box.margin + columns * box.width + (columns - 1) * box.gapX;
  const height = 2 * box.margin + tallest * (box.height + box.gapY) - box.gapY + (omitted > 0 ? 28 : 0);
  const top = ({ column, row }: Node): number => {
    const own = rows.get(column) ?? 1;
    return box.margin + row * (box.height + box.gapY) + ((tallest - own) * (box.height + box.gapY)) / 2;
  };
  const left = ({ column }: Node): number => box.margin + column * (box.width + box.gapX);
  const lines = [...edges.values()].map(([from, to]) => {
    const [x1, y1] = [left(from) + box.width, top(from) + box.height / 2];
    const [x2, y2] = [left(to), top(to) + box.height / 2];
    const bend = (x2 - x1) / 2;
    const dash = to.dashed ? ' stroke-dasharray="5 4"' : "";
    return `<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="${colours.line}" stroke-width="1.5"${dash}/>`;
  });
  const boxes = [...nodes.values()].map((node) => boxOf(node, left(node), top(node)));
  const note =
    omitted === 0
      ? []
      : [
          `<text x="${box.margin}" y="${height - 14}" fill="${colours.faint}">${omitted} more steps are not drawn; the text and the JSON have them.</text>`,
        ];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12" role="img">`,
    `<title>What ${shown.files.length === 1 ? escaped(shown.files[0]?.path ?? "") : `${shown.files.length} files`} can reach</title>`,
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    ...lines,
    ...boxes,
    ...note,
    "</svg>",
  ].join("\n")}\n`;
}

function boxOf({ title, text, fill, dashed }: Node, x: number, y: number): string {
  const dash = dashed ? ' stroke-dasharray="5 4"' : "";
  const second =
    text === ""
      ? ""
      : `<text x="${x + 12}" y="${y + 35}" fill="${colours.faint}" font-size="11">${escaped(shorten(text, box.letters + 6))}</text>`;
  return [
    `<g><title>${escaped(text === "" ? title : `${title}: ${text}`)}</title>`,
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="6" fill="${fill}" stroke="${colours.line}"${dash}/>`,
    `<text x="${x + 12}" y="${y + (text === "" ? 27 : 19)}" fill="${colours.ink}">${escaped(shortPath(title))}</text>${second}</g>`,
  ].join("");
}

/** The end of a path tells more than its beginning. */
function shortPath(title: string): string {
  const shown = visible(title);
  // No character is cut in two.
  return shown.length <= box.letters ? shown : `…${shown.slice(1 - box.letters).replace(/^[\uDC00-\uDFFF]/u, "")}`;
}

/** Names come from whoever wrote the repository: no markup and no character that XML forbids. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}

interface Drawing {
  readonly nodes: Map<string, Node>;
  readonly edges: Map<string, readonly [Node, Node]>;
  readonly omitted: number;
}

function graphOf({ files, tiers }: ReachShown): Drawing {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, readonly [Node, Node]>();
  const last = Math.max(1, ...files.flatMap(({ targets }) => targets.map(({ chain }) => chain.length)));
  let omitted = 0;
  const put = (key: string, node: Omit<Node, "row">): Node | null => {
    const known = nodes.get(key);
    if (known !== undefined) return known;
    if (nodes.size >= nodesLimit) {
      omitted += 1;
      return null;
    }
    const fresh = { ...node, row: 0 };
    nodes.set(key, fresh);
    return fresh;
  };
  const join = (from: Node | null, to: Node | null): Node | null => {
    if (from !== null && to !== null) edges.set(`${keyOf(from)} ${keyOf(to)}`, [from, to]);
    return to;
  };
  for (const { path, targets, unresolved, services } of files) {
    const text = services.length === 0 ? "" : services.join(", ");
    const start = put(`0 ${path}`, { column: 0, title: path, text, fill: colours.file, dashed: false });
    for (const { environment, service, chain } of targets) {
      let at = start;
      for (const [index, step] of chain.slice(1).entries()) at = join(at, put(...stepNode(step, index + 1)));
      const tier = tiers[environment] ?? "production";
      join(
        at,
        put(`end ${environment}`, endNode(environment, service === null ? tier : `${tier} · ${service}`, last, tier)),
      );
    }
    const unknown = {
      column: last,
      title: "may be production",
      text: "nothing tells where it is deployed",
      fill: colours.unknown,
      dashed: true,
    };
    if (unresolved) join(start, put("end ?", unknown));
  }
  return { nodes, edges, omitted };
}

function keyOf({ column, title }: Node): string {
  return JSON.stringify([column, title]);
}

function stepNode({ path, line, note }: Step, column: number): [string, Omit<Node, "row">] {
  const title = line === null ? path : `${path}:${line}`;
  return [`${column} ${title}`, { column, title, text: note, fill: colours.step, dashed: false }];
}

function endNode(environment: string, text: string, column: number, tier: Tier): Omit<Node, "row"> {
  return { column, title: environment, text, fill: colours[tier], dashed: false };
}
