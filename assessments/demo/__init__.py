"""The demo: three invented vendors with their people, files, answers and results, played through the actions."""
