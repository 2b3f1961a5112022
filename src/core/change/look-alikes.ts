/**
 * Letters of other alphabets that look like a letter of ASCII in common typefaces, each before the one it looks like: Cyrillic, Greek,
 * Latin extensions, Armenian. Source: Unicode Technical Standard 39, confusables.txt, lower-case letters.
 */
const pairs = [
  "аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs ԁd ԛq ԝw һh ӏl ѵv ьb",
  "αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw γy",
  "ıi ɩi ɡg ʟl",
  "ոn սu օo հh ցg",
];
const ascii = new Map(pairs.flatMap((line) => line.split(" ")).map((pair) => [pair.slice(0, -1), pair.slice(-1)]));

/** A path as a reader would take it: look-alike letters in their ASCII form, marks dropped. Only to find what is hidden. */
export function readAs(path: string): string {
  const plain = path.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.replace(/\P{ASCII}/gu, (character) => ascii.get(character) ?? character);
}
