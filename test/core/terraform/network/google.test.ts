import { describe, expect, test } from "vitest";
import { said } from "./observed.ts";

describe("firewalls of Google Cloud", () => {
  const firewall = (lines: string): string => `
    M main.tf
      resource "google_compute_firewall" "one" {
        network = google_compute_network.main.name
${lines}
      }`;

  test("a rule that names no sources is for everybody", () => {
    expect(
      said(
        firewall(`
    -   source_ranges = ["10.0.0.0/8"]
        allow {
          protocol = "tcp"
          ports    = ["22", "8000-8010"]
        }`),
      ),
    ).toEqual([
      "block: firewall of network `google_compute_network.main` newly lets in any address (0.0.0.0/0 but 10.0.0.0/8) to tcp 22 (ssh), 8000-8010",
    ]);
  });

  test("a rule for fewer machines lets nothing more in; one for all of them does", () => {
    const tagged = (before: string, after: string): string =>
      firewall(`
    ${before}   target_tags   = ["web"]
    ${after}   target_tags   = ["web", "api"]
        source_ranges = ["0.0.0.0/0"]
        allow {
          protocol = "tcp"
          ports    = ["443"]
        }`);
    expect(said(tagged("+", "-"))).toEqual([]);
    expect(said(tagged("-", "+"))).toEqual([
      "ask: firewall of network `google_compute_network.main`, for `api` newly lets in any address (0.0.0.0/0) to tcp 443 (https)",
    ]);
    const all = firewall(`
    -   target_tags   = ["web"]
        source_ranges = ["0.0.0.0/0"]
        allow {
          protocol = "tcp"
          ports    = ["443"]
        }`);
    expect(said(all)).toEqual([
      "ask: firewall of network `google_compute_network.main` newly lets in any address (0.0.0.0/0) to tcp 443 (https)",
    ]);
  });

  test("a rule that is switched on counts as a new one, and one that is switched off as none", () => {
    const change = (before: boolean, after: boolean): string =>
      firewall(`
    -   disabled      = ${before}
    +   disabled      = ${after}
        source_ranges = ["0.0.0.0/0"]
        allow {
          protocol = "tcp"
          ports    = ["3389"]
        }`);
    expect(said(change(true, false))).toEqual([expect.stringMatching(/^block: .*tcp 3389 \(rdp\)$/u)]);
    expect(said(change(false, true))).toEqual([]);
  });

  test("a denial of the same priority wins over a permission", () => {
    const change = (priority: number): string => `
    M main.tf
      resource "google_compute_firewall" "deny" {
        network       = "main"
        priority      = 1000
        source_ranges = ["0.0.0.0/0"]
        deny {
          protocol = "all"
        }
      }
    + resource "google_compute_firewall" "allow" {
    +   network       = "main"
    +   priority      = ${priority}
    +   source_ranges = ["0.0.0.0/0"]
    +   allow {
    +     protocol = "tcp"
    +     ports    = ["22"]
    +   }
    + }`;
    expect(said(change(1000))).toEqual([]);
    expect(said(change(999))).toHaveLength(1);
  });

  test("a way out that was denied is reported when the denial goes", () => {
    expect(
      said(`
    M main.tf
    - resource "google_compute_firewall" "deny" {
    -   network            = "main"
    -   direction          = "EGRESS"
    -   destination_ranges = ["0.0.0.0/0"]
    -   deny {
    -     protocol = "all"
    -   }
    - }
      resource "google_compute_firewall" "allow" {
        network       = "main"
        source_ranges = ["10.0.0.0/8"]
        allow {
          protocol = "tcp"
        }
      }`),
    ).toEqual(["ask: firewall of network `main` newly lets out to any address (0.0.0.0/0) on everything"]);
  });
});

describe("firewall policies", () => {
  const policy = (before: string, after: string): string => `
    M main.tf
      resource "google_compute_network_firewall_policy_rule" "one" {
        firewall_policy = "main"
        direction       = "INGRESS"
        priority        = 100
    -   action          = "${before}"
    +   action          = "${after}"
        match {
          src_ip_ranges = ["0.0.0.0/0"]
          layer4_configs {
            ip_protocol = "tcp"
            ports       = ["22"]
          }
        }
      }`;

  test("what is allowed instead of left to the networks is wider", () => {
    expect(said(policy("goto_next", "allow"))).toEqual([expect.stringMatching(/^block: firewall policy `main`/u)]);
    expect(said(policy("allow", "goto_next"))).toEqual([]);
  });

  test("what is left to the networks instead of denied is wider for them", () => {
    expect(said(policy("deny", "goto_next"))).toEqual([
      expect.stringMatching(/^ask: what is left to the networks by firewall policy/u),
    ]);
    expect(said(policy("goto_next", "deny"))).toEqual([]);
  });
});

describe("lists of networks", () => {
  test("authorised networks of a database", () => {
    const change = (before: string, after: string): string => `
    M main.tf
      resource "google_sql_database_instance" "main" {
        settings {
          ip_configuration {
            ipv4_enabled = true
            authorized_networks {
    -         value = "${before}"
    +         value = "${after}"
            }
          }
        }
      }`;
    expect(said(change("192.0.2.7/32", "0.0.0.0/0"))).toEqual([
      expect.stringMatching(/^block: networks that reach database .* to the database$/u),
    ]);
    expect(said(change("0.0.0.0/0", "192.0.2.7/32"))).toEqual([]);
  });

  test("a database without a public address has no such networks", () => {
    expect(
      said(`
    M main.tf
      resource "google_sql_database_instance" "main" {
        settings {
          ip_configuration {
    -       ipv4_enabled = true
    +       ipv4_enabled = false
            authorized_networks {
              value = "0.0.0.0/0"
            }
          }
        }
      }`),
    ).toEqual([]);
  });

  test("a cluster whose list is taken away is reached by everybody; one that comes without asks", () => {
    const cluster = (mark: string): string => `
    M main.tf
    ${mark} resource "google_container_cluster" "main" {
    -   master_authorized_networks_config {
    -     cidr_blocks {
    -       cidr_block = "10.0.0.0/8"
    -     }
    -   }
    ${mark}   name = "main"
    ${mark} }`;
    expect(said(cluster(" "))).toEqual([expect.stringMatching(/^block: networks that reach cluster/u)]);
    expect(
      said(`
    A main.tf
      resource "google_container_cluster" "main" {
        name = "main"
      }`),
    ).toEqual([expect.stringMatching(/^ask: networks that reach cluster/u)]);
  });
});

test("a denial that nobody can decide is a gap when it goes", () => {
  expect(
    said(`
    M main.tf
    - resource "google_compute_firewall" "deny" {
    -   network       = "main"
    -   priority      = 100
    -   source_ranges = var.blocked
    -   deny {
    -     protocol = "tcp"
    -   }
    - }
      resource "google_compute_firewall" "allow" {
        network       = "main"
        source_ranges = ["10.0.0.0/8"]
        allow {
          protocol = "tcp"
        }
      }`),
  ).toEqual(["gap: what firewall of network `main` lets in: `var.blocked` is not decided"]);
});

test("what all machines get is said once, not for each tag again", () => {
  expect(
    said(`
    M main.tf
      resource "google_compute_firewall" "web" {
        network       = "main"
        target_tags   = ["web"]
        source_ranges = ["10.0.0.0/8"]
        allow {
          protocol = "tcp"
          ports    = ["443"]
        }
      }
    + resource "google_compute_firewall" "all" {
    +   network       = "main"
    +   source_ranges = ["0.0.0.0/0"]
    +   allow {
    +     protocol = "tcp"
    +     ports    = ["22"]
    +   }
    + }`),
  ).toEqual(["block: firewall of network `main` newly lets in any address (0.0.0.0/0) to tcp 22 (ssh)"]);
});
