"""Forms: they hand over domain values and write nothing."""
