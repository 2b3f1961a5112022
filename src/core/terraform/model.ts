import type { Place } from "../change/change-set.ts";
import type { HclBlock } from "../hcl.ts";
import type { BlockChange } from "../views/terraform.ts";

/**
 * A resource or data source as one root configuration makes it: one for each instance where `count` or `for_each` is decided, else one
 * for all. Its values are evaluated as far as the configuration alone decides them.
 */
export interface Resource {
  readonly mode: "managed" | "data" | "ephemeral";
  readonly type: string;
  readonly name: string;
  /**
   * As a plan writes it: `module.db["a"].aws_db_instance.main[0]`. Where nobody can tell the instances, one stands for all of them, with
   * the key `[*]`.
   */
  readonly address: string;
  /** Address of the module call that it belongs to, `module.db["a"]`; empty in the root. */
  readonly module: string;
  /** Directory of the module that holds the block. */
  readonly directory: string;
  readonly path: string;
  /** As it stands in the file: what people see. */
  readonly written: HclBlock;
  /**
   * Evaluated: `dynamic` blocks are expanded where they are decided (else they stay, as blocks of type `dynamic`). What nobody can
   * decide without a provider or a state is `unknown`, with the expression as its text; a reference to an attribute of a resource
   * is its absolute address there: `module.net.aws_security_group.web.id`. What is decided in such an expression stands in its text as a
   * digest, so two texts differ where what they stand for may differ, and no secret is in one. `lifecycle`, `provider` and `depends_on`
   * hold names and stay as written.
   */
  readonly block: HclBlock;
}

/** A call of a module whose inside is not in this repository, as one root configuration makes it. */
export interface ModuleCall {
  readonly name: string;
  /** `module.db["a"]`; the key `[*]` as that of resources. */
  readonly address: string;
  /** Address of the module call that it stands in; empty in the root. */
  readonly module: string;
  /** Directory of the module that holds the block. */
  readonly directory: string;
  readonly path: string;
  readonly source: string;
  readonly version: string | null;
  readonly written: HclBlock;
  /** Its arguments, evaluated as those of resources. */
  readonly block: HclBlock;
}

export type ResourceChange = AddressChange<Resource>;
/** A call that leads into this repository on one side only is there on the other side only. */
export type ModuleCallChange = AddressChange<ModuleCall>;

/** What becomes of one address of one root. */
export interface AddressChange<T> {
  /** Directory of the root configuration. */
  readonly root: string;
  /** The variables file that is given by hand (`production.tfvars`), where the root has such files; null: none. */
  readonly variables: string | null;
  readonly before: T | undefined;
  readonly after: T | undefined;
  /**
   * `moved`: a `moved` block takes the address before to the one after, or `count` came or went and Terraform does it by itself. An
   * instance that nobody can tell is held against each on the other side: its resource is in several changes then.
   */
  readonly pairedBy: "address" | "moved";
  /**
   * Every place of the change that its values come from: its own block, variables and their files, locals, arguments of module calls,
   * providers, modules, and resources that it refers to. Empty: nothing of the change explains that anything happens to it.
   */
  readonly explainedBy: readonly Place[];
}

export interface ResourcesView {
  /**
   * All resources of every root configuration that the change touches, changed or not, sorted by root, variables file and address. In a
   * root that it does not touch nothing changes: it is left out.
   */
  readonly resources: readonly ResourceChange[];
  /** The calls of modules in the same roots whose inside is elsewhere, in the same order. */
  readonly modules: readonly ModuleCallChange[];
  /**
   * Directories of root configurations that the change touches through modules that they call, and of which it is proved that everything
   * they make is the same before and after it, whatever their variables are given (docs/decisions/0008).
   */
  readonly unchanged: readonly string[];
  /** Every block as it stands in the files, for what makes no resource itself: `removed`, `provider`, calls of modules. */
  readonly blocks: readonly BlockChange[];
}
