-- Run after every migration, as assay_migrate: the application adds to the audit trail, publishes playbooks, and changes neither.
REVOKE UPDATE, DELETE ON audit_event FROM assay_app;
REVOKE UPDATE ON audit_eventdetail FROM assay_app;
REVOKE UPDATE, DELETE ON audit_anchor FROM assay_app;
REVOKE UPDATE, DELETE ON audit_erasure FROM assay_app;
REVOKE UPDATE ON playbook_playbook, playbook_domain, playbook_criterion, playbook_responseoption, playbook_evidencerequest
    FROM assay_app;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM assay_app;
