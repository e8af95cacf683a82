"""Pages about vendors: door, form, action, redirect."""
