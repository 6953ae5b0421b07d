"""What tests share: drawing, running and reading; a test folder holds tests."""
