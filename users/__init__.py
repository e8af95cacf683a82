"""People: sign-in by e-mail, staff roles, second factor, sessions."""
