"""How dates are written, by language; what a language does not say is Django's."""
