resource "aws_db_instance" "orders" {
  identifier                  = "production-orders"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 200
  storage_encrypted           = true
  deletion_protection         = true
  backup_retention_period     = 14
  manage_master_user_password = true
}
