resource "aws_sqs_queue" "uploads" {
  name                      = "production-uploads"
  message_retention_seconds = 345600
}
