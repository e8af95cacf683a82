"""Everything a page reads, gathered in as few queries as there are kinds of thing on it."""
