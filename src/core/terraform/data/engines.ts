/** Where the version of an engine stands, and how many of its numbers make a major version. */
export interface Engine {
  readonly types: readonly string[];
  readonly source: string;
  readonly version: string;
  /** The attribute that names the engine, where the count depends on it. */
  readonly engine: string | null;
}

export const engines: readonly Engine[] = [
  {
    types: ["aws_db_instance", "aws_rds_cluster", "aws_rds_global_cluster"],
    source: "docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html",
    version: "engine_version",
    engine: "engine",
  },
  {
    types: [
      "aws_docdb_cluster",
      "aws_elasticache_cluster",
      "aws_elasticache_replication_group",
      "aws_memorydb_cluster",
      "aws_neptune_cluster",
      "aws_opensearch_domain",
    ],
    source: "registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/docdb_cluster",
    version: "engine_version",
    engine: null,
  },
  {
    types: ["aws_elasticsearch_domain"],
    source: "registry.terraform.io/providers/hashicorp/aws/6.0.0/docs/resources/elasticsearch_domain",
    version: "elasticsearch_version",
    engine: null,
  },
  {
    types: ["google_sql_database_instance", "google_alloydb_cluster"],
    source: "registry.terraform.io/providers/hashicorp/google/7.0.0/docs/resources/sql_database_instance",
    version: "database_version",
    engine: "database_version",
  },
  {
    types: ["azurerm_mysql_flexible_server", "azurerm_mysql_server"],
    source: "registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/mysql_flexible_server",
    version: "version",
    engine: "mysql",
  },
  {
    types: ["azurerm_postgresql_flexible_server", "azurerm_postgresql_server"],
    source: "registry.terraform.io/providers/hashicorp/azurerm/4.0.0/docs/resources/postgresql_flexible_server",
    version: "version",
    engine: null,
  },
  {
    types: ["digitalocean_database_cluster"],
    source: "registry.terraform.io/providers/digitalocean/digitalocean/2.50.0/docs/resources/database_cluster",
    version: "version",
    engine: "engine",
  },
  {
    types: ["mongodbatlas_cluster", "mongodbatlas_advanced_cluster"],
    source: "registry.terraform.io/providers/mongodb/mongodbatlas/1.40.0/docs/resources/advanced_cluster",
    version: "mongo_db_major_version",
    engine: null,
  },
];
