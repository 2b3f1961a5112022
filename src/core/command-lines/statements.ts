import { tokenAt } from "../sql/lexer.ts";

export interface Line {
  /** A line of shell; lines that end in a backslash are one with those that follow. Or a statement for a database. */
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
}

const files = /\.(?:sql|psql|pgsql|ddl|cql)$/iu;
/** What builds a database that nobody uses yet, or is a picture of one. */
const beside =
  /(?:^|\/)(?:seeds?|fixtures?|testdata|tests?|__tests__|spec|snapshots?|dumps?|examples?|bench(?:marks?)?)\/|(?:^|[/_.-])(?:schema|structure|seeds?|dump|init|setup|test)\.\w+$/iu;

/** Whether a file holds statements for a database that somebody runs by hand. */
export function holdsStatements(path: string): boolean {
  return files.test(path) && !beside.test(path);
}

const created = /^create (?:\w+ )*?table (?:if not exists )?(?<name>[\w."]+)/iu;
const dropped = /^drop table (?:if exists )?(?<name>[\w."]+)/iu;

/** The statements of a file, without comments and line ends. What the file itself creates is nothing to lose. */
export function statementLines(text: string): readonly Line[] {
  const found: Line[] = [];
  let [words, line, at, counted] = ["", 1, 0, 1];
  const end = (mark: string): void => {
    if (words !== "") found.push({ text: `${words.trim()}${mark}`, line, endLine: counted });
    words = "";
  };
  while (at < text.length) {
    const token = tokenAt(text, at, "unknown");
    const written = text.slice(token.start, token.end);
    if (token.kind === "mark" && written === ";") end(";");
    else if (token.kind === "gap") words = words === "" ? "" : `${words} `;
    else {
      if (words === "") line = counted;
      words += token.kind === "text" || token.kind === "block" ? "''" : written;
    }
    counted += written.split(/\r\n|\r|\n/u).length - 1;
    at = token.end;
  }
  end("");
  const own = new Set(found.flatMap((one) => created.exec(one.text)?.groups?.["name"]?.toLowerCase() ?? []));
  return found.filter((one) => !own.has(dropped.exec(one.text)?.groups?.["name"]?.toLowerCase() ?? ""));
}
