"""The analyst's and manager's pages."""
