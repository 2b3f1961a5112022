variable "tags" {
  type = map(string)
}

resource "terraform_data" "this" {
  input = { range = "10.0.0.0/16", tags = var.tags }
}

output "id" {
  value = terraform_data.this.id
}
