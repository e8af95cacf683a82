"""WHO is asked: vendors, their AWS accounts, their people, and invitations."""
