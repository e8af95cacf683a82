"""Every write about vendors and their people: one verb a function, atomic, one event each."""
