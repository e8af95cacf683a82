"""The assessment report: frozen values (snapshot), how they are read (build) and how they become a PDF (render)."""
