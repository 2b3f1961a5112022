/**
 * Text for readers: nothing is built or deployed from it. Instructions for agents are documents by their name too; what must
 * not be taken for documentation is for whoever asks (guardrails are looked at first).
 */
export function isDocument(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.(?:md|mdx|markdown|rst|adoc|asciidoc)$/iu.test(name)) return true;
  return /^(?:licen[cs]e|notice|authors|contributors|changelog|changes|readme|copying|security|code_of_conduct)(?:\.txt)?$/iu.test(
    name,
  );
}
