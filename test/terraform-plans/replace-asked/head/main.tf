variable "platform_size" {
  type    = string
  default = "small"
}

locals {
  tags = { site = "courses", owner = "platform" }
}

module "network" {
  source = "./modules/network"
  tags   = local.tags
}

module "database" {
  source  = "./modules/database"
  network = module.network.id
  size    = var.platform_size
}

resource "terraform_data" "cluster" {
  input = { name = "courses", network = module.network.id, tags = local.tags }
}

resource "terraform_data" "queue" {
  for_each = toset(["mail", "grading"])
  input    = { name = each.key }
}

resource "terraform_data" "bastion" {
  input            = { name = "bastion" }
  triggers_replace = ["image-1"]
}
