import {
  acceptPermissions,
  addRepositories,
  installApp,
  removeRepositories,
  suspendInstallation,
  uninstallApp,
} from "../state/apps.ts";
import { type CheckRunInput, createCheckRun, updateCheckRun } from "../state/checks.ts";
import type { Account, App, CheckRun, Installation, Permissions } from "../state/model.ts";
import type { World } from "../state/world.ts";
import { person } from "./pull-request.ts";
import type { SimRepository } from "./repository.ts";

/** One GitHub App, with the key that its owner would have downloaded. */
export class SimApp {
  /** The record itself, for reading. */
  readonly state: App;
  /** PKCS #8 in PEM; empty where the app was registered with a public key. */
  readonly privateKey: string;
  readonly #world: World;

  constructor(world: World, state: App, privateKey: string) {
    this.#world = world;
    this.state = state;
    this.privateKey = privateKey;
  }

  get id(): number {
    return this.state.id;
  }
  get bot(): Account {
    return this.state.bot;
  }

  /** Where webhooks go from now on. */
  deliverTo(url: string): void {
    this.state.webhookUrl = url;
  }

  install(account: Account, repositories: "all" | readonly SimRepository[] = "all"): Installation {
    const covered = repositories === "all" ? "all" : repositories.map(({ state }) => state);
    return installApp(this.#world, this.state, account, covered, person(account));
  }

  addRepositories(installation: Installation, ...repositories: readonly SimRepository[]): void {
    addRepositories(
      this.#world,
      installation,
      repositories.map(({ state }) => state),
      person(installation.account),
    );
  }

  uninstall(installation: Installation): void {
    uninstallApp(this.#world, installation, person(installation.account));
  }

  removeRepositories(installation: Installation, ...repositories: readonly SimRepository[]): void {
    const removed = repositories.map(({ state }) => state);
    removeRepositories(this.#world, installation, removed, person(installation.account));
  }

  suspend(installation: Installation): void {
    suspendInstallation(this.#world, installation, true, person(installation.account));
  }
  unsuspend(installation: Installation): void {
    suspendInstallation(this.#world, installation, false, person(installation.account));
  }

  /** An administrator accepts the permissions that the app asks for now. */
  accept(installation: Installation, permissions: Permissions = this.state.permissions): void {
    acceptPermissions(this.#world, installation, permissions, person(installation.account));
  }

  /** A check run of this app, without going through HTTP. */
  checkRun(repository: SimRepository, sha: string, input: CheckRunInput & { readonly name: string }): CheckRun {
    return createCheckRun(this.#world, repository.state, this.state, sha, input);
  }

  updateCheckRun(repository: SimRepository, run: CheckRun, input: CheckRunInput): CheckRun {
    return updateCheckRun(this.#world, repository.state, this.state, run, input);
  }
}
