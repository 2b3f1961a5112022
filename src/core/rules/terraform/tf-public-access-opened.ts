import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { exposedFromTheStart } from "../../terraform/exposures.ts";
import { blockObservation, weakened } from "../../terraform/guard-observations.ts";

export default defineRule({
  id: "tf-public-access-opened",
  invariant: "network-does-not-widen",
  severity: "critical",
  confidence: "high",
  summary: "A bucket, database, cluster, load balancer or function can be reached from outside, and could not before.",
  why: "What the internet can reach is found within hours; from then on only its own authentication stands before the data.",
  remedy: "Keep it private, and let in through a load balancer, a proxy or a private endpoint whoever has to reach it.",
  needs: "resources",
  options: z.strictObject({}),
  *detect(view, _, { reach }) {
    yield* weakened(view, "exposure", reach);
    // What is new may have to be public: that is for people to say.
    for (const sight of exposedFromTheStart(view, reach)) yield blockObservation(sight, true);
  },
  examples: {
    "a database gets a public address": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier          = "orders"
      -   publicly_accessible = false
      >   publicly_accessible = true
        }`,
    "a load balancer turns to the internet": `
      M terraform/production/main.tf
        resource "aws_lb" "api" {
          name     = "api"
      <   internal = true
        }`,
    "a bucket's wall has one stone less": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_public_access_block" "data" {
          bucket                  = "data"
          block_public_acls       = true
      -   restrict_public_buckets = true
      >   restrict_public_buckets = false
        }`,
    "the wall is gone and the bucket stays": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "data" {
          bucket = "data"
        }
      < resource "aws_s3_bucket_public_access_block" "data" {
      -   bucket            = aws_s3_bucket.data.id
      -   block_public_acls = true
      - }`,
    "a bucket whose list lets everybody read": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_acl" "data" {
          bucket = "data"
      -   acl    = "private"
      >   acl    = "public-read"
        }`,
    "nodes that get addresses of their own by the provider's default": `
      M terraform/production/main.tf
        resource "google_container_cluster" "main" {
          name = "main"
          private_cluster_config {
      <     enable_private_nodes   = true
            master_ipv4_cidr_block = "172.16.0.0/28"
          }
        }`,
    "a function that asks nobody who they are": `
      M terraform/production/main.tf
        resource "aws_lambda_function_url" "hook" {
          function_name      = "hook"
      -   authorization_type = "AWS_IAM"
      >   authorization_type = "NONE"
        }`,
    "a database of Google with an address": `
      M terraform/production/main.tf
        resource "google_sql_database_instance" "main" {
          settings {
            ip_configuration {
      -       ipv4_enabled = false
      >       ipv4_enabled = true
            }
          }
        }`,
    "a storage account of Azure": `
      M terraform/production/main.tf
        resource "azurerm_storage_account" "data" {
          name                            = "data"
      <   allow_nested_items_to_be_public = false
        }`,
    "a container of Azure": `
      M terraform/production/main.tf
        resource "azurerm_storage_container" "data" {
          name                  = "data"
      >   container_access_type = "blob"
        }`,
    "a vault of Azure": `
      M terraform/production/main.tf
        resource "azurerm_key_vault" "main" {
          name                          = "main"
      -   public_network_access_enabled = false
      >   public_network_access_enabled = true
        }`,
    "a machine of Google gets an address of its own": `
      M terraform/production/main.tf
        resource "google_compute_instance" "web" {
          name = "web"
          network_interface {
            network = "default"
      >     access_config {
      +     }
          }
        }`,
    "a machine of Azure gets an address of its own": `
      M terraform/production/main.tf
        resource "azurerm_network_interface" "web" {
          name = "web"
          ip_configuration {
            name                 = "internal"
      >     public_ip_address_id = azurerm_public_ip.web.id
          }
        }`,
    "whether a machine gets an address is a variable": `
      M terraform/production/main.tf
        variable "address" {}
        resource "azurerm_network_interface" "web" {
          name = "web"
          ip_configuration {
            name                 = "internal"
      >     public_ip_address_id = var.address
          }
        }`,
    "a method that asks nobody who they are": `
      M terraform/production/main.tf
        resource "aws_api_gateway_method" "orders" {
          http_method   = "GET"
      -   authorization = "AWS_IAM"
      >   authorization = "NONE"
        }`,
    "a new load balancer for everybody": `
      M terraform/production/main.tf
      > resource "aws_lb" "api" {
      +   name = "api"
      + }`,
    "a new database for everybody": `
      M terraform/production/main.tf
      + resource "aws_db_instance" "main" {
      +   identifier          = "orders"
      >   publicly_accessible = true
      + }`,
    "a module that nobody sees into": `
      M terraform/production/main.tf
        module "db" {
          source              = "terraform-aws-modules/rds/aws"
          version             = "6.1.0"
      -   publicly_accessible = false
      >   publicly_accessible = true
        }`,
    "nobody can tell": `
      M terraform/production/main.tf
        variable "public" {}
        resource "aws_db_instance" "main" {
      -   publicly_accessible = false
      >   publicly_accessible = var.public
        }`,
    "through a variable that a file sets": `
      M terraform/production/terraform.tfvars
      - public = false
      > public = true
      = terraform/production/main.tf
        variable "public" {}
        resource "aws_db_instance" "main" {
          publicly_accessible = var.public
        }`,
    "the default is said aloud": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          identifier          = "orders"
      +   publicly_accessible = false
        }`,
    "it was public before": `
      M terraform/production/main.tf
        resource "aws_db_instance" "main" {
          publicly_accessible = true
      -   identifier          = "orders"
      +   identifier          = "orders-2"
        }`,
    "a new database with what the provider does by itself": `
      M terraform/production/main.tf
      + resource "aws_db_instance" "main" {
      +   identifier = "orders"
      + }`,
    "a new method that answers preflight requests": `
      M terraform/production/main.tf
      + resource "aws_api_gateway_method" "preflight" {
      +   http_method   = "OPTIONS"
      +   authorization = "NONE"
      + }`,
    "a machine gets another address": `
      M terraform/production/main.tf
        resource "azurerm_network_interface" "web" {
          name = "web"
          ip_configuration {
      -     public_ip_address_id = azurerm_public_ip.a.id
      +     public_ip_address_id = azurerm_public_ip.b.id
          }
        }`,
    "a bucket that takes in the logs of AWS": `
      M terraform/production/main.tf
        resource "aws_s3_bucket_acl" "logs" {
          bucket = "logs"
      -   acl    = "private"
      +   acl    = "log-delivery-write"
        }`,
    "a new load balancer inside": `
      M terraform/production/main.tf
      + resource "aws_lb" "api" {
      +   name     = "api"
      +   internal = true
      + }`,
    "another name, and a moved block": `
      M terraform/production/main.tf
      - resource "aws_lb" "api" {
      + resource "aws_lb" "front" {
          name = "api"
        }
      + moved {
      +   from = aws_lb.api
      +   to   = aws_lb.front
      + }`,
    "the bucket goes with its wall": `
      M terraform/production/main.tf
        locals { name = "data" }
      - resource "aws_s3_bucket" "data" {
      -   bucket = "data"
      - }
      - resource "aws_s3_bucket_public_access_block" "data" {
      -   bucket            = aws_s3_bucket.data.id
      -   block_public_acls = true
      - }`,
    "the list moves to a resource of its own": `
      M terraform/production/main.tf
        resource "aws_s3_bucket" "site" {
          bucket = "site"
      -   acl    = "private"
        }
      + resource "aws_s3_bucket_acl" "site" {
      +   bucket = aws_s3_bucket.site.id
      +   acl    = "private"
      + }`,
  },
});
