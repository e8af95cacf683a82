"""Backup and restore: every row and every stored file as one consistent, hashed set in one file."""
