"""Every write about assessments: one verb a function, keyword-only, `by=`, atomic, one event each."""
