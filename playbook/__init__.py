"""What is asked: versioned playbooks with their domains, criteria, response options and evidence requests."""
