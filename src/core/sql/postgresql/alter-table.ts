import type { Effect, Name } from "../model.ts";
import { columnFrom, constraintFrom } from "./columns.ts";
import { defaultOf } from "./expressions.ts";
import { relationOf, roleOf, typeOf } from "./names.ts";
import { type Fields, fieldsOf, listOf, nodeOf, textOf } from "./tree.ts";

type Command = (table: Name, command: Fields) => readonly Effect[];

const nothing: Command = () => [];
const rowSecurity =
  (becomes: "enabled" | "disabled" | "forced" | "not forced"): Command =>
  (table) => [{ does: "row-security", table, becomes }];
const trigger =
  (on: boolean, named: string | null = null): Command =>
  (table, { name }) => [{ does: "switches-trigger", table, trigger: named ?? textOf(name), on }];
const rewrite =
  (by: "storage" | "copy"): Command =>
  (table) => [{ does: "rebuilds", by, name: table, concurrently: false }];

/** What each part of `alter table` does. https://www.postgresql.org/docs/current/sql-altertable.html */
const commands: Readonly<Record<string, Command>> = {
  AT_AddColumn: (table, { def, missing_ok: ifNotExists }) => [
    { does: "adds-column", table, column: columnFrom(nodeOf(def).fields), ifNotExists: ifNotExists === true },
  ],
  AT_DropColumn: (table, { name, behavior }) => [
    { does: "drops-column", table, column: textOf(name), cascade: behavior === "DROP_CASCADE" },
  ],
  AT_AlterColumnType: (table, { name, def }) => {
    const { fields } = nodeOf(def);
    const to = typeOf(fields["typeName"]);
    return [{ does: "changes-type", table, column: textOf(name), from: null, to, using: "raw_default" in fields }];
  },
  AT_ColumnDefault: (table, { name, def }) => [
    { does: "sets-default", table, column: textOf(name), default: defaultOf(def) },
  ],
  AT_SetNotNull: (table, { name }) => [{ does: "sets-not-null", table, column: textOf(name) }],
  AT_DropNotNull: (table, { name }) => [{ does: "drops-not-null", table, column: textOf(name) }],
  AT_AddConstraint: (table, { def }) => [constraintFrom(table, def)],
  AT_ValidateConstraint: (table, { name }) => [{ does: "validates-constraint", table, name: textOf(name) }],
  AT_DropConstraint: (table, { name, behavior }) => [
    { does: "drops-constraint", table, name: textOf(name), kind: null, cascade: behavior === "DROP_CASCADE" },
  ],
  AT_AttachPartition: (table, { def }) => [
    { does: "attaches-partition", table, partition: relationOf(nodeOf(def).fields["name"]) },
  ],
  AT_DetachPartition: (table, { def }) => {
    const { fields } = nodeOf(def);
    const concurrently = fields["concurrent"] === true;
    return [{ does: "detaches-partition", table, partition: relationOf(fields["name"]), concurrently }];
  },
  AT_EnableRowSecurity: rowSecurity("enabled"),
  AT_DisableRowSecurity: rowSecurity("disabled"),
  AT_ForceRowSecurity: rowSecurity("forced"),
  AT_NoForceRowSecurity: rowSecurity("not forced"),
  AT_EnableTrig: trigger(true),
  AT_EnableAlwaysTrig: trigger(true),
  AT_EnableReplicaTrig: trigger(true),
  AT_EnableTrigAll: trigger(true, "all"),
  AT_EnableTrigUser: trigger(true, "user"),
  AT_DisableTrig: trigger(false),
  AT_DisableTrigAll: trigger(false, "all"),
  AT_DisableTrigUser: trigger(false, "user"),
  AT_ChangeOwner: (table, { newowner }) => [
    { does: "changes-owner", what: "table", name: table, to: roleOf(newowner) },
  ],
  AT_SetLogged: rewrite("storage"),
  AT_SetUnLogged: rewrite("storage"),
  AT_SetTableSpace: rewrite("storage"),
  AT_SetAccessMethod: rewrite("storage"),
  AT_SetExpression: rewrite("copy"),
  AT_AddIdentity: nothing,
  AT_SetIdentity: nothing,
  AT_DropIdentity: nothing,
  AT_DropExpression: nothing,
  AT_AlterConstraint: nothing,
  AT_SetStatistics: nothing,
  AT_SetOptions: nothing,
  AT_ResetOptions: nothing,
  AT_SetStorage: nothing,
  AT_SetCompression: nothing,
  AT_SetRelOptions: nothing,
  AT_ResetRelOptions: nothing,
  AT_ReplaceRelOptions: nothing,
  AT_ClusterOn: nothing,
  AT_DropCluster: nothing,
  AT_AddOf: nothing,
  AT_DropOf: nothing,
  AT_ReplicaIdentity: nothing,
  AT_AddInherit: nothing,
  AT_DropInherit: nothing,
  AT_GenericOptions: nothing,
  AT_AlterColumnGenericOptions: nothing,
  AT_DetachPartitionFinalize: nothing,
  AT_EnableRule: nothing,
  AT_EnableAlwaysRule: nothing,
  AT_EnableReplicaRule: nothing,
};

export function alterTable(statement: Fields): readonly Effect[] {
  const table = relationOf(statement["relation"]);
  return listOf(statement["cmds"]).flatMap((item) => {
    const command = fieldsOf(nodeOf(item).fields);
    const subtype = textOf(command["subtype"]);
    const read = Object.hasOwn(commands, subtype) ? commands[subtype] : undefined;
    return read === undefined
      ? [{ does: "unknown", reason: `\`${subtype}\` of an \`alter table\` is not known` } as const]
      : read(table, command);
  });
}
