/** What a comment may ask for; `unknown`: it addresses Sallyport with some other word. */
export const commandNames = ["explain", "recheck", "override", "halt", "resume", "unknown"] as const;
export type CommandName = (typeof commandNames)[number];
