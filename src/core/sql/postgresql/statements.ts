import { nothing as nothingAtAll, type Effect, type Name, unknown } from "../model.ts";
import { grantEffects, membershipEffects, ownerEffects, policyEffects, roleEffects } from "./access.ts";
import { alterTable } from "./alter-table.ts";
import { columnFrom } from "./columns.ts";
import { dropEffects, kindOf, renameEffects } from "./drops.ts";
import { shownConstant } from "./expressions.ts";
import { nameOf, relationOf, roleOf, rolesOf } from "./names.ts";
import { callsOf, rowEffects } from "./rows.ts";
import { type Fields, fieldsOf, isOn, listOf, type Node, nodeOf, optionsOf, textOf } from "./tree.ts";

type Reader = (fields: Fields, node: Node) => readonly Effect[];

const nothing: Reader = () => [];
const named = (name: string): Name => ({ schema: null, name });
const creates =
  (what: Parameters<typeof kindOf>[0], key: string): Reader =>
  (fields) => [{ does: "creates", what: kindOf(what), name: named(textOf(fields[key])), on: null }];
const drops =
  (what: "database" | "tablespace" | "subscription", key: string): Reader =>
  (fields) => [{ does: "drops", what, name: named(textOf(fields[key])), on: null, cascade: false }];
const reaches =
  (by: string): Reader =>
  () => [{ does: "reaches-outside", by }];

const lockModes = [
  "access share",
  "row share",
  "row exclusive",
  "share update exclusive",
  "share",
  "share row exclusive",
  "exclusive",
  "access exclusive",
];

function createTable(fields: Fields): readonly Effect[] {
  const table = relationOf(fields["relation"]);
  const columns = listOf(fields["tableElts"])
    .map(nodeOf)
    .flatMap(({ type, fields: column }) => (type === "ColumnDef" ? [columnFrom(column)] : []));
  const temporary = fieldsOf(fields["relation"])["relpersistence"] === "t";
  const made: Effect = {
    does: "creates-table",
    table,
    temporary,
    columns,
    ifNotExists: fields["if_not_exists"] === true,
  };
  if (!("partbound" in fields)) return [made];
  return [
    made,
    ...listOf(fields["inhRelations"]).map((parent): Effect => {
      return { does: "attaches-partition", table: relationOf(parent), partition: table };
    }),
  ];
}

function createTableAs(fields: Fields): readonly Effect[] {
  const into = fieldsOf(fieldsOf(fields["into"])["rel"]);
  const table = relationOf(into);
  const rows = rowEffects(fields["query"]);
  if (fields["objtype"] === "OBJECT_MATVIEW") {
    return [...rows, { does: "creates", what: "materialized view", name: table, on: null }];
  }
  const temporary = into["relpersistence"] === "t";
  const ifNotExists = fields["if_not_exists"] === true;
  return [...rows, { does: "creates-table", table, temporary, columns: [], ifNotExists }];
}

function select(fields: Fields, node: Node): readonly Effect[] {
  const into = fieldsOf(fieldsOf(fields["intoClause"])["rel"]);
  const made: readonly Effect[] =
    "relname" in into
      ? [
          {
            does: "creates-table",
            table: relationOf(into),
            temporary: into["relpersistence"] === "t",
            columns: [],
            ifNotExists: false,
          },
        ]
      : [];
  return [...rowEffects({ [node.type]: fields }), ...callsOf(fields), ...made];
}

function createIndex(fields: Fields): readonly Effect[] {
  const name = textOf(fields["idxname"]);
  return [
    {
      does: "creates-index",
      table: relationOf(fields["relation"]),
      name: name === "" ? null : name,
      unique: fields["unique"] === true,
      concurrently: fields["concurrent"] === true,
      columns: listOf(fields["indexParams"])
        .map((item) => textOf(nodeOf(item).fields["name"]))
        .filter((column) => column !== ""),
    },
  ];
}

/** `set`, and what `alter role`, `alter database` and `alter system` set. */
function setEffects(value: unknown, holder: "session" | "role" | "database" | "system"): readonly Effect[] {
  const node = nodeOf(value);
  const fields = node.type === "VariableSetStmt" ? node.fields : fieldsOf(value);
  const texts = listOf(fields["args"]).map(shownConstant);
  const isLocal = fields["is_local"] === true;
  const setting = textOf(fields["name"]).toLowerCase();
  // `set transaction` and `reset all` name no setting that anybody here asks about.
  if (setting === "" || setting.startsWith("transaction")) return [];
  const scope = holder === "session" && isLocal ? "transaction" : holder;
  return [{ does: "sets", setting, value: texts.length === 0 ? null : texts.join(", "), for: scope }];
}

function copy(fields: Fields): readonly Effect[] {
  const file = textOf(fields["filename"]);
  const rows: readonly Effect[] =
    fields["is_from"] === true && "relation" in fields
      ? [{ does: "inserts-rows", table: relationOf(fields["relation"]) }]
      : rowEffects(fields["query"]);
  if (fields["is_program"] === true) return [...rows, { does: "runs-program", program: file }];
  return file === "" ? rows : [...rows, { does: "reaches-outside", by: `copy ${file}` }];
}

function alterDomain(fields: Fields): readonly Effect[] {
  const name = nameOf(fields["typeName"]);
  switch (fields["subtype"]) {
    case "X":
      return [
        {
          does: "drops-constraint",
          table: name,
          name: textOf(fields["name"]),
          kind: null,
          cascade: fields["behavior"] === "DROP_CASCADE",
        },
      ];
    case "O":
      return [{ does: "sets-not-null", table: name, column: "value" }];
    case "C": {
      const { fields: constraint } = nodeOf(fields["def"]);
      const validated = constraint["skip_validation"] !== true;
      const kind = constraint["contype"] === "CONSTR_NOTNULL" ? "not null" : "check";
      return [
        {
          does: "adds-constraint",
          table: name,
          kind,
          name: textOf(constraint["conname"]),
          columns: [],
          validated,
          usingIndex: false,
          references: null,
          notNull: [],
        },
      ];
    }
    default:
      return [];
  }
}

function alterEnum(fields: Fields): readonly Effect[] {
  const type = nameOf(fields["typeName"]);
  const value = textOf(fields["newVal"]);
  return "oldVal" in fields
    ? [{ does: "renames-enum-value", type, value: textOf(fields["oldVal"]), to: value }]
    : [{ does: "adds-enum-value", type, value }];
}

function vacuum(fields: Fields): readonly Effect[] {
  if (fields["is_vacuumcmd"] !== true || !isOn(optionsOf(fields["options"]), "full")) return [];
  const tables = listOf(fields["rels"]).map((item) => relationOf(nodeOf(item).fields["relation"]));
  const names: readonly (Name | null)[] = tables.length === 0 ? [null] : tables;
  return names.map((name) => ({ does: "rebuilds", by: "vacuum full", name, concurrently: false }));
}

function transaction(fields: Fields): readonly Effect[] {
  switch (fields["kind"]) {
    case "TRANS_STMT_BEGIN":
    case "TRANS_STMT_START":
      return [{ does: "transaction", edge: "begin" }];
    case "TRANS_STMT_COMMIT":
      return [{ does: "transaction", edge: "commit" }];
    case "TRANS_STMT_ROLLBACK":
      return [{ does: "transaction", edge: "rollback" }];
    case "TRANS_STMT_SAVEPOINT":
    case "TRANS_STMT_RELEASE":
    case "TRANS_STMT_ROLLBACK_TO":
      return [];
    default:
      return [unknown("it prepares a transaction, which another statement ends")];
  }
}

function alterFunction(fields: Fields): readonly Effect[] {
  const options = optionsOf(fields["actions"]);
  const name = nameOf(fieldsOf(fields["func"])["objname"]);
  if (!isOn(options, "security")) return [];
  return [
    { does: "writes-function", name, replaces: true, securityDefiner: true, searchPath: options.has("set"), body: [] },
  ];
}

/** What each kind of statement does. A kind that is not here is unknown. */
const readers: Readonly<Record<string, Reader>> = {
  AlterDatabaseSetStmt: ({ setstmt }) => setEffects(setstmt, "database"),
  AlterDatabaseStmt: nothing,
  AlterDefaultPrivilegesStmt: ({ action }) => grantEffects(fieldsOf(action), true),
  AlterDomainStmt: alterDomain,
  AlterEnumStmt: alterEnum,
  AlterExtensionContentsStmt: nothing,
  AlterExtensionStmt: nothing,
  AlterFunctionStmt: alterFunction,
  AlterObjectDependsStmt: nothing,
  AlterObjectSchemaStmt: ({ relation, newschema: schema, objectType }) =>
    relation === undefined
      ? []
      : [
          {
            does: "renames",
            what: kindOf(objectType),
            name: relationOf(relation),
            to: `${textOf(schema)}.${relationOf(relation).name}`,
          },
        ],
  AlterOwnerStmt: ownerEffects,
  AlterPolicyStmt: (fields) => policyEffects(fields, false),
  AlterPublicationStmt: ({ pubname, action }) =>
    action === "AP_AddObjects"
      ? []
      : [{ does: "drops", what: "publication", name: named(`tables of ${textOf(pubname)}`), on: null, cascade: false }],
  AlterRoleSetStmt: ({ setstmt }) => setEffects(setstmt, "role"),
  AlterRoleStmt: roleEffects,
  AlterSeqStmt: ({ sequence, options }) => [
    { does: "changes-sequence", name: relationOf(sequence), restarts: optionsOf(options).has("restart") },
  ],
  AlterStatsStmt: nothing,
  AlterSubscriptionStmt: reaches("alter subscription"),
  AlterSystemStmt: ({ setstmt }) => setEffects(setstmt, "system"),
  AlterTableStmt: alterTable,
  AlterTypeStmt: nothing,
  AlterTSConfigurationStmt: nothing,
  AlterTSDictionaryStmt: nothing,
  CallStmt: ({ funccall }) => [{ does: "calls", name: nameOf(fieldsOf(funccall)["funcname"]) }],
  CheckPointStmt: nothing,
  ClosePortalStmt: nothing,
  ClusterStmt: ({ relation }) => [
    {
      does: "rebuilds",
      by: "cluster",
      name: relation === undefined ? null : relationOf(relation),
      concurrently: false,
    },
  ],
  CommentStmt: nothing,
  CompositeTypeStmt: ({ typevar }) => [{ does: "creates", what: "type", name: relationOf(typevar), on: null }],
  ConstraintsSetStmt: nothing,
  CopyStmt: copy,
  CreateCastStmt: nothing,
  CreateConversionStmt: nothing,
  CreateDomainStmt: ({ domainname }) => [{ does: "creates", what: "domain", name: nameOf(domainname), on: null }],
  CreateEnumStmt: ({ typeName }) => [{ does: "creates", what: "type", name: nameOf(typeName), on: null }],
  CreateEventTrigStmt: creates("OBJECT_EVENT_TRIGGER", "trigname"),
  CreateExtensionStmt: creates("OBJECT_EXTENSION", "extname"),
  CreateFdwStmt: nothing,
  CreateForeignServerStmt: creates("OBJECT_FOREIGN_SERVER", "servername"),
  CreateForeignTableStmt: ({ base }) => createTable(fieldsOf(base)),
  CreateOpClassStmt: nothing,
  CreateOpFamilyStmt: nothing,
  CreatePolicyStmt: (fields) => policyEffects(fields, true),
  CreatePublicationStmt: creates("OBJECT_PUBLICATION", "pubname"),
  CreateRangeStmt: ({ typeName }) => [{ does: "creates", what: "type", name: nameOf(typeName), on: null }],
  CreateRoleStmt: roleEffects,
  CreateSchemaStmt: ({ schemaname, schemaElts: inner }) => [
    { does: "creates", what: "schema", name: named(textOf(schemaname)), on: null },
    ...listOf(inner).flatMap((statement) => effectsOf(statement)),
  ],
  CreateSeqStmt: ({ sequence }) => [{ does: "creates", what: "sequence", name: relationOf(sequence), on: null }],
  CreateStatsStmt: nothing,
  CreateStmt: createTable,
  CreateSubscriptionStmt: reaches("create subscription"),
  CreateTableAsStmt: createTableAs,
  CreateTransformStmt: nothing,
  CreateTrigStmt: ({ trigname, relation }) => [
    { does: "creates", what: "trigger", name: named(textOf(trigname)), on: relationOf(relation) },
  ],
  CreateUserMappingStmt: nothing,
  CreatedbStmt: creates("OBJECT_DATABASE", "dbname"),
  DeallocateStmt: nothing,
  DeclareCursorStmt: nothing,
  DefineStmt: nothing,
  DeleteStmt: (fields) => rowEffects({ DeleteStmt: fields }),
  DiscardStmt: nothing,
  DropOwnedStmt: ({ roles, behavior }) =>
    rolesOf(roles).map((role) => ({
      does: "drops",
      what: "other",
      name: named(`everything that ${role} owns`),
      on: null,
      cascade: behavior === "DROP_CASCADE",
    })),
  DropRoleStmt: ({ roles }) =>
    listOf(roles).map((role) => ({ does: "drops", what: "role", name: named(roleOf(role)), on: null, cascade: false })),
  DropStmt: dropEffects,
  DropSubscriptionStmt: drops("subscription", "subname"),
  DropTableSpaceStmt: drops("tablespace", "tablespacename"),
  DropUserMappingStmt: nothing,
  DropdbStmt: drops("database", "dbname"),
  ExecuteStmt: nothing,
  ExplainStmt: ({ query, options }) => (isOn(optionsOf(options), "analyze") ? effectsOf(query) : []),
  FetchStmt: nothing,
  GrantRoleStmt: membershipEffects,
  GrantStmt: (fields) => grantEffects(fields, false),
  ImportForeignSchemaStmt: nothing,
  IndexStmt: createIndex,
  InsertStmt: (fields) => rowEffects({ InsertStmt: fields }),
  ListenStmt: nothing,
  LoadStmt: reaches("load"),
  LockStmt: ({ relations, mode }) =>
    listOf(relations).map((relation) => ({
      does: "locks",
      table: relationOf(relation),
      mode: lockModes[(typeof mode === "number" ? mode : 8) - 1] ?? "access exclusive",
    })),
  MergeStmt: (fields) => rowEffects({ MergeStmt: fields }),
  NotifyStmt: nothing,
  PrepareStmt: ({ query }) => effectsOf(query),
  ReassignOwnedStmt: ({ roles, newrole }) =>
    rolesOf(roles).map((role) => ({
      does: "changes-owner",
      what: "other",
      name: named(`everything that ${role} owns`),
      to: roleOf(newrole),
    })),
  RefreshMatViewStmt: ({ relation, concurrent }) => [
    { does: "rebuilds", by: "refresh", name: relationOf(relation), concurrently: concurrent === true },
  ],
  ReindexStmt: ({ relation, params }) => [
    {
      does: "rebuilds",
      by: "reindex",
      name: relation === undefined ? null : relationOf(relation),
      concurrently: isOn(optionsOf(params), "concurrently"),
    },
  ],
  RenameStmt: (fields) => renameEffects(fields, relationOf(fields["relation"])),
  RuleStmt: ({ rulename, relation }) => [
    { does: "creates", what: "rule", name: named(textOf(rulename)), on: relationOf(relation) },
  ],
  SecLabelStmt: nothing,
  SelectStmt: select,
  TransactionStmt: transaction,
  TruncateStmt: ({ relations, behavior }) =>
    listOf(relations).map((relation) => ({
      does: "truncates",
      table: relationOf(relation),
      cascade: behavior === "DROP_CASCADE",
    })),
  UnlistenStmt: nothing,
  UpdateStmt: (fields) => rowEffects({ UpdateStmt: fields }),
  VacuumStmt: vacuum,
  VariableSetStmt: (fields) => setEffects(fields, "session"),
  VariableShowStmt: nothing,
  ViewStmt: ({ view }) => [{ does: "creates", what: "view", name: relationOf(view), on: null }],
};

/** What one statement does, functions and `do` blocks aside: their bodies are read by `bodies.ts`. */
export function effectsOf(tree: unknown): readonly Effect[] {
  const node = nodeOf(tree);
  const reader = Object.hasOwn(readers, node.type) ? readers[node.type] : undefined;
  if (reader === undefined) return [unknown(`\`${node.type}\` is a kind of statement that is not known here`)];
  const effects = reader(node.fields, node);
  return effects.length === 0 ? [nothingAtAll] : effects;
}
