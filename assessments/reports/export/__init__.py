"""An assessment for programs: tables, a record, OSCAL, and the evidence itself. Each maker has `write`."""
