# Tables that every service of an environment reads.

resource "aws_dynamodb_table" "sessions" {
  name         = "${var.environment}-sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session_id"

  attribute {
    name = "session_id"
    type = "S"
  }

  deletion_protection_enabled = var.deletion_protection

  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_dynamodb_table" "users" {
  name         = "${var.environment}-users"
  billing_mode = "PROVISIONED"
  hash_key     = "user_id"

  read_capacity  = 40
  write_capacity = 20

  attribute {
    name = "user_id"
    type = "S"
  }

  attribute {
    name = "email"
    type = "S"
  }

  global_secondary_index {
    name            = "email-index"
    hash_key        = "email"
    projection_type = "ALL"
    read_capacity   = 40
    write_capacity  = 20
  }

  deletion_protection_enabled = var.deletion_protection

  point_in_time_recovery {
    enabled = true
  }
}
