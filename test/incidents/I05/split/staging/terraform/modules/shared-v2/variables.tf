variable "environment" {
  type        = string
  description = "Which environment this copy of the shared resources belongs to."
}

variable "deletion_protection" {
  type    = bool
  default = true
}
