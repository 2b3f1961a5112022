/** A word of a line of shell, without its quotes. */
interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** What runs another command, which begins behind it, its flags and their values. */
const wrappers: Readonly<Record<string, readonly string[]>> = {
  sudo: ["-u", "-g", "-h", "-p", "--user"],
  doas: ["-u"],
  env: ["-u", "-C"],
  time: [],
  nohup: [],
  nice: ["-n"],
  exec: [],
  command: [],
  builtin: [],
  eval: [],
  watch: ["-n"],
  timeout: ["-s", "-k"],
  xargs: ["-n", "-I", "-P", "-L", "-d"],
  parallel: ["-j"],
  npx: ["-p", "--package"],
  bunx: [],
  pnpx: [],
  "cross-env": [],
  dotenv: ["-e", "-c", "-f"],
};

/** Tools that run a command of theirs under a word of their own: `bundle exec rails`. */
const runners: readonly (readonly string[])[] = [
  ["bundle", "exec"],
  ["poetry", "run"],
  ["uv", "run"],
  ["pipenv", "run"],
  ["pdm", "run"],
  ["pnpm", "exec"],
  ["pnpm", "dlx"],
  ["npm", "exec"],
  ["yarn", "dlx"],
  ["yarn", "run"],
  ["yarn"],
  ["pnpm"],
  ["bun", "x"],
  ["op", "run"],
  ["doppler", "run"],
  ["aws-vault", "exec"],
  ["chamber", "exec"],
];

const shells = new Set(["sh", "bash", "zsh", "dash", "ksh", "su"]);
/** What runs a command elsewhere; the command begins behind `--`, or is an argument in quotes. */
const elsewhere =
  /^(?:ssh|kubectl|oc|docker|docker-compose|podman|nerdctl|doppler|op|aws-vault|chamber|flyctl|fly|heroku|gcloud|npm|mise|direnv|nix|nix-shell|tmux|script)$/u;
const opening = new Set(["then", "do", "else", "{", "(", "!", "if", "while", "until", "elif", "@", "-"]);
const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/u;
const depthLimit = 4;
const wordsTried = 60;

/**
 * The commands of a line of shell, each as its words joined by single blanks. Parts that `;`, `&&`, `||` and `|` divide are commands of
 * their own, and so is what `sudo`, `sh -c`, `ssh`, `kubectl exec --` and their like run. A pipe into a shell stays with what feeds it.
 * Names before a command that set its environment stand behind it, so that what they say is not lost.
 */
export function commandsIn(line: string): readonly string[] {
  return commandsOf(line, 0);
}

function commandsOf(line: string, depth: number): readonly string[] {
  if (depth > depthLimit) return [];
  const parts = partsOf(line);
  return parts.flatMap((words, index) => {
    const next = parts[index + 1]?.map(({ text }) => text) ?? [];
    const piped =
      words.length > 0 && shells.has(next.filter((word) => word !== "sudo")[0] ?? "") ? ` | ${next.join(" ")}` : "";
    return unwrapped(words, depth).map((one, first) => (first === 0 ? one + piped : one));
  });
}

/** A command, and the ones that it runs. */
function unwrapped(given: readonly Word[], depth: number): readonly string[] {
  let words = given;
  const environment: string[] = [];
  for (;;) {
    const head = words[0];
    if (head === undefined) return environment.length === 0 ? [] : [environment.join(" ")];
    const values = Object.hasOwn(wrappers, head.text) ? wrappers[head.text] : undefined;
    const runner = runners.find((run) => run.every((word, index) => words[index]?.text === word));
    if (opening.has(head.text)) words = words.slice(1);
    else if (!head.quoted && assignment.test(head.text)) {
      environment.push(head.text);
      words = words.slice(1);
    } else if (values !== undefined) words = afterFlags(words.slice(1), values, head.text === "timeout");
    else if (runner !== undefined && words.length > runner.length)
      words = afterFlags(words.slice(runner.length), [], false);
    else break;
  }
  const text = words.map((word) => word.text).join(" ");
  const own = environment.length === 0 ? text : `${text} ${environment.join(" ")}`;
  return [own.replace(/\s+/gu, " "), ...nested(words, depth)];
}

function nested(words: readonly Word[], depth: number): readonly string[] {
  const name = words[0]?.text ?? "";
  const found: string[] = [];
  if (shells.has(name.slice(name.lastIndexOf("/") + 1))) {
    const script = words.findIndex(({ text }) => /^-[a-z]*c$/u.test(text));
    if (script !== -1) found.push(...commandsOf(words[script + 1]?.text ?? "", depth + 1));
  }
  if (elsewhere.test(name)) {
    const end = words.findIndex(({ text }) => text === "--");
    if (end !== -1) found.push(...unwrapped(words.slice(end + 1), depth + 1));
    else if (/^(?:docker|docker-compose|podman|nerdctl|flyctl|fly|heroku|kubectl|oc)$/u.test(name)) {
      // Nobody here knows which words are flags with values: every word may be the one that the command begins with.
      const start = words.findIndex(({ text }) => /^(?:exec|run|ssh|run:detached)$/u.test(text));
      if (start !== -1)
        for (let index = start + 1; index < Math.min(words.length, start + wordsTried); index++)
          found.push(...unwrapped(words.slice(index), depthLimit));
    }
    for (const { text, quoted } of words.slice(1))
      if (quoted && text.includes(" ")) found.push(...commandsOf(text, depth + 1));
  }
  return found;
}

function afterFlags(words: readonly Word[], values: readonly string[], takesOne: boolean): readonly Word[] {
  let index = 0;
  while (words[index]?.text.startsWith("-") === true) index += values.includes(words[index]?.text ?? "") ? 2 : 1;
  return words.slice(takesOne ? index + 1 : index);
}

/** Words between the operators of a line. Quotes that are not closed go on to its end. */
function partsOf(line: string): readonly Word[][] {
  const parts: Word[][] = [[]];
  let text = "";
  let quoted = false;
  let inWord = false;
  const end = (): void => {
    if (inWord) parts.at(-1)?.push({ text, quoted });
    [text, quoted, inWord] = ["", false, false];
  };
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? "";
    if (character === "\\") {
      text += line[index + 1] ?? "";
      [inWord, index] = [true, index + 1];
    } else if (character === '"' || character === "'") {
      const close = line.indexOf(character, index + 1);
      const stop = close === -1 ? line.length : close;
      const inner = line.slice(index + 1, stop);
      text += inner;
      if (character === '"') substitutions(inner).forEach((one) => parts.unshift(...partsOf(one)));
      [quoted, inWord, index] = [true, true, stop];
    } else if (/\s/u.test(character)) end();
    else if (character === "#" && !inWord) break;
    else if (
      /[;&|]/u.test(character) &&
      !(character === "&" && /[>&]/u.test(line[index - 1] ?? "") && line[index + 1] !== "&" && line[index - 1] === ">")
    ) {
      end();
      parts.push([]);
    } else if (character === "`" || (character === "(" && (text === "" || text.endsWith("$")))) {
      text = text.replace(/\$$/u, "");
      inWord &&= text !== "";
      end();
      parts.push([]);
    } else if (character === ")") {
      end();
      parts.push([]);
    } else {
      text += character;
      inWord = true;
    }
  }
  end();
  return parts.filter((words) => words.length > 0);
}

/** What `$(...)` runs within quotes. */
function substitutions(text: string): readonly string[] {
  return [...text.matchAll(/\$\(([^()]*)\)/gu)].map(([, inner = ""]) => inner);
}
