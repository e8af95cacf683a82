"""Pages of assessments: door, form, action, redirect."""
