variable "network" {
  type = string
}

variable "size" {
  type = string
}

resource "terraform_data" "main" {
  input = { network = var.network, size = var.size, password = sensitive("placeholder-secret") }
}

resource "terraform_data" "snapshot" {
  count = 2
  input = { of = terraform_data.main.id, number = count.index }
}
