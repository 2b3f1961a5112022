terraform {
  required_version = ">= 1.9"

  backend "s3" {
    bucket = "acme-terraform-state"
    key    = "production/terraform.tfstate"
    region = "eu-central-1"
  }
}

module "shared" {
  source      = "../modules/shared-v2"
  environment = "production"
}
