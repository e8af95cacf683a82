"""Pure Python, no Django: bytes in, facts and evaluations out."""
