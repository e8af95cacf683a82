"""Mail: a row first, sent and retried by the worker. A mail carries a link and no content."""
