import { command, inDocuments } from "../command.ts";

/** Git, GitHub, package tools, and protections that are taken off by a command. */
export const delivery = [
  command(
    "git push --force to a main branch",
    "unguards",
    /git (?:.* )?push\b/u,
    "writes over the history that everybody builds on",
    [/ (?:--force(?!-with-lease)\b|-f\b|\+)/u, /(?:main|master|production|release)\b/u],
  ),
  inDocuments(
    command("git push --force", "unguards", /git (?:.* )?push\b/u, "writes over what others pushed", [
      / (?:--force(?:-with-lease)?\b|-f\b|--mirror\b|--delete\b)/u,
    ]),
  ),
  inDocuments(
    command(
      "a rewritten history",
      "destroys",
      /git (?:filter-branch|filter-repo|reflog expire|update-ref -d)\b|bfg\b/u,
      "takes commits away that others built on",
    ),
  ),
  inDocuments(
    command(
      "git --no-verify",
      "unguards",
      /git (?:.* )?(?:commit|push|merge)\b/u,
      "goes past the hooks of the repository",
      [/ --no-verify\b/u],
    ),
  ),
  command("gh pr merge --admin", "unguards", /gh pr merge\b/u, "merges past what is required", [/ --admin\b/u]),
  command(
    "gh repo delete",
    "destroys",
    /gh (?:repo (?:delete|archive)|release delete|secret delete|run delete|cache delete --all)\b/u,
    "deletes a repository, a release or a secret",
  ),
  command("gh api that writes", "acts", /gh api\b/u, "changes settings or contents by the interface of GitHub", [
    /(?:(?:-X ?|--method[= ])(?:delete|put|patch)\b.*(?:protection|rulesets?|collaborators|hooks|keys|actions\/(?:permissions|secrets|variables)|environments)|(?:protection|rulesets?|collaborators|hooks|keys|actions\/(?:permissions|secrets)|environments).*(?:-X ?|--method[= ])(?:delete|put|patch)\b|(?:-X ?|--method[= ])delete\b)/u,
  ]),
  inDocuments(
    command(
      "gh auth token",
      "acts",
      /gh auth (?:token|login|refresh|setup-git)\b/u,
      "uses or shows the credentials of a person",
    ),
  ),
  inDocuments(
    command(
      "a program from the net, run at once",
      "acts",
      /(?:curl|wget)\b/u,
      "runs whatever the address serves at that moment",
      [/ \| ?(?:sudo )?(?:-E )?(?:ba|z|k|da)?sh\b/u],
    ),
  ),
  command(
    "a protection that is edited away",
    "unguards",
    /(?:sed|perl|yq|jq|hcledit|awk)\b/u,
    "takes a protection out of a file",
    [
      /(?:prevent_destroy|deletion_protection|deletionProtection|skip_final_snapshot|force_destroy|disable_api_termination|termination_protection|Prune=false|resource-policy)/u,
    ],
  ),
  inDocuments(
    command(
      "npm publish",
      "acts",
      /(?:npm|pnpm|yarn npm|cargo|twine|gem) (?:publish|unpublish|upload|push|yank|deprecate)\b/u,
      "publishes, or takes back, what others install",
    ),
  ),
  inDocuments(
    command(
      "a hook that is switched off",
      "unguards",
      /(?:export )?(?:HUSKY=0|SKIP=\S+|LEFTHOOK=0|PRE_COMMIT_ALLOW_NO_CONFIG=1)(?: |$)/u,
      "goes past the hooks of the repository",
    ),
  ),
  inDocuments(
    command(
      "safety that an agent is told to drop",
      "unguards",
      /(?:claude|codex|gemini|cursor-agent|aider)\b/u,
      "lets an agent act without a question",
      [/ (?:--dangerously-\S+|--yolo|--full-auto|--yes-always|--approval-mode[= ]yolo)/u],
    ),
  ),
];
