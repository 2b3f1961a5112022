resource "aws_db_instance" "orders" {
  identifier                  = "staging-orders"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 20
  deletion_protection         = true
  backup_retention_period     = 3
  manage_master_user_password = true
}
