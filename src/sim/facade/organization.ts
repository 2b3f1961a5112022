import { addTeamMember, createTeam, removeMember, removeTeamMember, setMember } from "../state/accounts.ts";
import type { Account, Role, Team } from "../state/model.ts";
import { createRepository } from "../state/repositories.ts";
import type { World } from "../state/world.ts";
import { person } from "./pull-request.ts";
import { type FileContent, SimRepository } from "./repository.ts";

/** One organisation (or person) that owns repositories and, if an organisation, has members and teams. */
export class SimOwner {
  readonly account: Account;
  readonly #world: World;

  constructor(world: World, account: Account) {
    this.#world = world;
    this.account = account;
  }

  /** @param input.files the first commit on the default branch; none leaves the repository empty */
  repository(
    name: string,
    input: {
      readonly files?: Readonly<Record<string, FileContent>>;
      readonly private?: boolean;
      readonly defaultBranch?: string;
      readonly people?: readonly (readonly [Account | Team, Role])[];
    } = {},
  ): SimRepository {
    const repository = new SimRepository(
      this.#world,
      createRepository(this.#world, this.account, { name, private: input.private, defaultBranch: input.defaultBranch }),
    );
    for (const [who, role] of input.people ?? []) repository.grant(who, role);
    if (input.files !== undefined)
      repository.commit(repository.state.defaultBranch, { files: input.files, message: "First commit" });
    return repository;
  }

  /** Makes people members, or owners with the role "admin". */
  member(account: Account, role: "admin" | "member" = "member"): void {
    setMember(this.#world, this.account, account, role, person(this.account));
  }

  /** The person leaves the organisation and all of its teams. */
  remove(account: Account): void {
    removeMember(this.#world, this.account, account, person(this.account));
  }

  /** A team of members; `parent` nests it, and members of a child count as members of its parents. */
  team(
    slug: string,
    input: { readonly members?: readonly Account[]; readonly parent?: Team; readonly name?: string } = {},
  ): Team {
    const team = createTeam(this.#world, this.account, { slug, name: input.name, parent: input.parent ?? null });
    for (const member of input.members ?? []) this.join(team, member);
    return team;
  }

  join(team: Team, member: Account): void {
    addTeamMember(this.#world, team, member, person(this.account));
  }

  leave(team: Team, member: Account): void {
    removeTeamMember(this.#world, team, member, person(this.account));
  }
}
