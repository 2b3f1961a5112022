import { z } from "zod";
import { defineRule } from "../../rule.ts";
import { routeObservations } from "../../terraform/network/routes.ts";

export default defineRule({
  id: "tf-network-route-opened",
  invariant: "network-does-not-widen",
  severity: "medium",
  confidence: "high",
  summary: "A route newly leads from a network that stood before to the internet, or to another network.",
  why: "A route to an internet gateway makes private subnets public, and one through a peering or transit gateway joins networks that were kept apart.",
  remedy:
    "Route through a NAT gateway or an endpoint instead, or make a subnet of its own for what is meant to be reached.",
  needs: "resources",
  options: z.strictObject({}),
  *detect({ resources }) {
    yield* routeObservations(resources);
  },
  examples: {
    "a private route table gets a way to the internet": `
      M infra/network.tf
        resource "aws_route_table" "private" {
          vpc_id = aws_vpc.main.id
          route {
            cidr_block     = "0.0.0.0/0"
      -     nat_gateway_id = aws_nat_gateway.main.id
      >     gateway_id     = aws_internet_gateway.main.id
          }
        }`,
    "a subnet moves to the public route table": `
      M infra/network.tf
        resource "aws_route_table" "public" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route" "out" {
          route_table_id         = aws_route_table.public.id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.main.id
        }
        resource "aws_route_table" "private" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_subnet" "db" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route_table_association" "db" {
          subnet_id      = aws_subnet.db.id
      -   route_table_id = aws_route_table.private.id
      >   route_table_id = aws_route_table.public.id
        }`,
    "two networks are joined": `
      M infra/network.tf
        resource "aws_route_table" "main" {
          vpc_id = aws_vpc.main.id
        }
      + resource "aws_route" "partner" {
      +   route_table_id            = aws_route_table.main.id
      +   destination_cidr_block    = "10.50.0.0/16"
      >   vpc_peering_connection_id = aws_vpc_peering_connection.partner.id
      + }`,
    "a route table of a new network": `
      A infra/network.tf
        resource "aws_route_table" "public" {
          vpc_id = aws_vpc.main.id
          route {
            cidr_block = "0.0.0.0/0"
            gateway_id = aws_internet_gateway.main.id
          }
        }
        resource "aws_subnet" "public" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route_table_association" "public" {
          subnet_id      = aws_subnet.public.id
          route_table_id = aws_route_table.public.id
        }`,
    "a route that becomes a resource of its own": `
      M infra/network.tf
        resource "aws_route_table" "public" {
          vpc_id = aws_vpc.main.id
      -   route {
      -     cidr_block = "0.0.0.0/0"
      -     gateway_id = aws_internet_gateway.main.id
      -   }
        }
      + resource "aws_route" "out" {
      +   route_table_id         = aws_route_table.public.id
      +   destination_cidr_block = "0.0.0.0/0"
      +   gateway_id             = aws_internet_gateway.main.id
      + }`,
    "a way out through a NAT gateway": `
      M infra/network.tf
        resource "aws_route_table" "private" {
          vpc_id = aws_vpc.main.id
      +   route {
      +     cidr_block     = "0.0.0.0/0"
      +     nat_gateway_id = aws_nat_gateway.main.id
      +   }
        }`,
    "part of what was routed there before": `
      M infra/network.tf
        resource "aws_route" "partner" {
          route_table_id         = "rtb-0a1b2c3d"
      -   destination_cidr_block = "10.0.0.0/8"
      +   destination_cidr_block = "10.50.0.0/16"
          transit_gateway_id     = var.transit_gateway
        }`,
  },
});
