import { describe, expect, test } from "vitest";
import { said } from "./observed.ts";

function rule(...lines: readonly string[]): string {
  return `
    M main.tf
      resource "azurerm_network_security_rule" "one" {
        network_security_group_name = "web"
        priority                    = 100
        direction                   = "Inbound"
        access                      = "Allow"
        protocol                    = "Tcp"
        source_port_range           = "*"
${lines.map((line) => `    ${line}`).join("\n")}
      }`;
}

const port = '    destination_port_range      = "22"';
const everywhere = '    destination_address_prefix  = "*"';

describe("network security groups", () => {
  test.each(["*", "0.0.0.0/0", "Internet", "any"])("%s is everybody", (prefix) => {
    const change = rule(
      port,
      everywhere,
      '-   source_address_prefix       = "10.0.0.0/8"',
      `+   source_address_prefix       = "${prefix}"`,
    );
    expect(said(change)).toEqual([
      expect.stringMatching(/^block: network security group `web` newly lets in any .* to tcp 22 \(ssh\)/u),
    ]);
  });

  test("the virtual network may come in anyway", () => {
    const change = rule(
      '-   destination_port_range      = "22"',
      '+   destination_port_range      = "*"',
      everywhere,
      '    source_address_prefix       = "VirtualNetwork"',
    );
    expect(said(change)).toEqual([]);
  });

  test("a wider destination is wider, a narrower one is not", () => {
    const change = (before: string, after: string): string =>
      rule(
        port,
        '    source_address_prefix       = "*"',
        `-   destination_address_prefix  = "${before}"`,
        `+   destination_address_prefix  = "${after}"`,
      );
    expect(said(change("10.0.1.4", "*"))).toEqual([expect.stringMatching(/^block/u)]);
    expect(said(change("*", "10.0.1.4"))).toEqual([]);
  });

  test("a denial before it takes away what a permission gives", () => {
    const group = (priority: number): string => `
    M main.tf
      resource "azurerm_network_security_group" "main" {
        name = "main"
        security_rule {
          name                       = "deny"
          priority                   = 200
          direction                  = "Inbound"
          access                     = "Deny"
          protocol                   = "*"
          source_port_range          = "*"
          destination_port_range     = "*"
          source_address_prefix      = "*"
          destination_address_prefix = "*"
        }
      }
    + resource "azurerm_network_security_rule" "rdp" {
    +   network_security_group_name = "main"
    +   priority                    = ${priority}
    +   direction                   = "Inbound"
    +   access                      = "Allow"
    +   protocol                    = "Tcp"
    +   source_port_range           = "*"
    +   destination_port_ranges     = ["3389"]
    +   source_address_prefix       = "*"
    +   destination_address_prefix  = "*"
    + }`;
    expect(said(group(300))).toEqual([]);
    expect(said(group(100))).toEqual([
      expect.stringMatching(/^block: network security group `azurerm_network_security_group\.main`/u),
    ]);
  });
});

describe("lists of networks", () => {
  const firewall = (end: string): string => `
    M main.tf
      resource "azurerm_mssql_firewall_rule" "one" {
        server_id        = "main"
        start_ip_address = "0.0.0.0"
    -   end_ip_address   = "0.0.0.1"
    +   end_ip_address   = "${end}"
      }`;

  test("a range of a database's firewall is a set of addresses", () => {
    expect(said(firewall("255.255.255.255"))).toEqual([expect.stringMatching(/^block: networks that reach database/u)]);
  });

  test("0.0.0.0 to 0.0.0.0 is whoever runs something in Azure", () => {
    expect(said(firewall("0.0.0.0"))).toEqual([
      "ask: networks that reach database `main` newly lets in service `everything in Azure, of any customer` to the database",
    ]);
  });

  const storage = (before: string, after: string): string => `
    M main.tf
      resource "azurerm_storage_account" "main" {
        name = "main"
        network_rules {
    -     default_action = "${before}"
    +     default_action = "${after}"
          ip_rules       = ["192.0.2.7"]
        }
      }`;

  test("a storage account that admits everybody asks, and one that stops doing so is silent", () => {
    expect(said(storage("Deny", "Allow"))).toEqual([
      "ask: networks that reach `azurerm_storage_account.main` newly lets in any address (0.0.0.0/0 but 192.0.2.7/32) to the service",
    ]);
    expect(said(storage("Allow", "Deny"))).toEqual([]);
  });

  test("rules of a storage account that become a resource of their own change nothing", () => {
    expect(
      said(`
    M main.tf
      resource "azurerm_storage_account" "main" {
        name = "main"
    -   network_rules {
    -     default_action = "Deny"
    -     ip_rules       = ["192.0.2.7"]
    -   }
      }
    + resource "azurerm_storage_account_network_rules" "main" {
    +   storage_account_id = azurerm_storage_account.main.id
    +   default_action     = "Deny"
    +   ip_rules           = ["192.0.2.7"]
    + }`),
    ).toEqual([]);
  });

  test("a cluster without a list is reached by everybody", () => {
    expect(
      said(`
    M main.tf
      resource "azurerm_kubernetes_cluster" "main" {
        name = "main"
        api_server_access_profile {
    -     authorized_ip_ranges = ["192.0.2.0/24"]
    +     authorized_ip_ranges = []
        }
      }`),
    ).toEqual([expect.stringMatching(/^block: networks that reach cluster `azurerm_kubernetes_cluster\.main`/u)]);
  });
});
