"""Every address of an assessment: the vendor's pages, ours, and what scripts ask for."""

from django.urls import path, re_path

from assessments.views import (
    acceptances,
    accounts,
    against,
    answers,
    assignments,
    calendar,
    campaigns,
    comparison,
    decisions,
    erasure,
    evidence,
    findings,
    lists,
    notes,
    overview,
    portfolio,
    queries,
    receipts,
    reports,
    reviewers,
    scoring,
    second_looks,
    shown,
    spreadsheet,
    submission,
    verify,
    workflow,
)

app_name = "assessments"

_one = "assessments/<int:pk>/"
_question = _one + "questions/<int:number>/"
_file = _one + "evidence/<int:evidence>/"
_score = _one + "score/<int:number>/"
_second = _one + "second/"
_finding = "findings/<int:pk>/"

urlpatterns = [
    # Lists
    path("portfolio/", portfolio.portfolio, name="portfolio"),
    re_path(r"^portfolio/export\.(?P<kind>csv|xlsx)\Z", portfolio.portfolio_export, name="portfolio-export"),
    path("portfolio/compare/", comparison.compare, name="compare"),
    path("reviews/", lists.worklist, name="worklist"),
    path("assessments/", lists.assessment_list, name="list"),
    # Campaigns, and what comes next
    path("campaigns/", campaigns.campaign_list, name="campaign-list"),
    path("campaigns/new/", campaigns.create, name="campaign-new"),
    path("campaigns/confirm", campaigns.confirm, name="campaign-confirm"),
    path("campaigns/<int:pk>/", campaigns.campaign, name="campaign"),
    path("calendar/", calendar.due, name="calendar"),
    # The vendor answers
    path(_one + "questions/", answers.answer_list, name="answer-list"),
    path(_question, answers.answer_edit, name="answer-edit"),
    path(_question + "draft", answers.answer_draft, name="answer-draft"),
    path(_question + "shown", shown.question, name="answer-shown"),
    path(_one + "accounts/", accounts.accounts, name="accounts"),
    path(_one + "assign/", assignments.assign, name="assign"),
    path(_one + "forward", assignments.forward, name="forward"),
    path(_one + "confirm", assignments.confirm, name="confirm"),
    path(_one + "check/", submission.submit_check, name="submit-check"),
    path(_one + "check/shown", shown.check, name="check-shown"),
    path(_one + "submit", submission.submit, name="submit"),
    path(_one + "spreadsheet/", spreadsheet.spreadsheet, name="spreadsheet"),
    path(_one + "spreadsheet/download", spreadsheet.download, name="spreadsheet-download"),
    path(_one + "spreadsheet/upload", spreadsheet.upload, name="spreadsheet-upload"),
    path(_one + "spreadsheet/confirm", spreadsheet.confirm, name="spreadsheet-confirm"),
    # Evidence
    path(_one + "evidence/", evidence.evidence_list, name="evidence-list"),
    path(_one + "evidence/upload", evidence.upload, name="evidence-upload"),
    path(_one + "evidence/shown", shown.library, name="evidence-shown"),
    path(_file, evidence.view, name="evidence-view"),
    path(_file + "preview", evidence.preview, name="evidence-preview"),
    path(_file + "download", evidence.download, name="evidence-download"),
    path(_file + "link", evidence.link, name="evidence-link"),
    path(_file + "unlink", evidence.unlink, name="evidence-unlink"),
    path(_file + "withdraw", evidence.withdraw, name="evidence-withdraw"),
    path(_file + "date", evidence.state_date, name="evidence-date"),
    path(_file + "place", evidence.state_place, name="evidence-place"),
    # What was submitted
    path(_one + "receipts/", receipts.receipts, name="receipt"),
    path(_one + "receipts/<int:number>/download", receipts.download, name="receipt-download"),
    path("verify/", verify.verify, name="verify"),
    # We send, review and close
    path("assessments/new/", overview.open_assessment, name="open"),
    path(_one, overview.detail, name="detail"),
    path(_one + "against/", against.against, name="against"),
    path(_one + "edit/", overview.edit, name="edit"),
    path(_one + "reviewers/", reviewers.reviewers, name="reviewers"),
    path(_one + "events/", overview.event_list, name="event-list"),
    path(_one + "send", workflow.send, name="send"),
    path(_one + "cancel", workflow.cancel, name="cancel"),
    path(_one + "close", workflow.close, name="close"),
    path(_one + "reopen", workflow.reopen, name="reopen"),
    path(_one + "decide/", decisions.decide, name="decide"),
    path(_one + "decisions/<int:decision>/conditions/<int:place>/", decisions.meet, name="condition"),
    path(_one + "send-back", workflow.send_back, name="send-back"),
    path(_score, scoring.score_edit, name="score-edit"),
    path(_score + "source", scoring.score_source, name="score-source"),
    path(_score + "evaluation", scoring.score_evaluation, name="score-evaluation"),
    path(_score + "note", notes.note_add, name="note-add"),
    path(_score + "ask", queries.query_add, name="query-add"),
    path("queries/<int:pk>/remove", queries.query_remove, name="query-remove"),
    # A second look
    path(_second, second_looks.second_list, name="second-list"),
    path(_second + "ask", second_looks.second_ask, name="second-ask"),
    path(_second + "finish", second_looks.second_finish, name="second-finish"),
    path(_second + "call-off", second_looks.second_call_off, name="second-call-off"),
    path(_second + "<int:number>/", second_looks.second_edit, name="second-edit"),
    path(_second + "<int:number>/settle", second_looks.second_settle, name="second-settle"),
    # Findings
    path("findings/", findings.finding_list, name="finding-list"),
    path(_score + "finding", findings.raise_one, name="finding-raise"),
    path(_finding, findings.finding, name="finding"),
    path(_finding + "plan", findings.plan, name="finding-plan"),
    path(_finding + "proof", findings.proof, name="finding-proof"),
    path(_finding + "fixed", findings.fixed, name="finding-fixed"),
    path(_finding + "recheck", findings.recheck, name="finding-recheck"),
    path(_finding + "remove", findings.remove, name="finding-remove"),
    path(_finding + "accept/", acceptances.accept, name="finding-accept"),
    # Erasing a vendor
    path("vendors/<int:pk>/erase/", erasure.vendor_erase, name="vendor-erase"),
    # Reports
    path(_one + "report", reports.create, name="report-create"),
    path(_one + "documents/", reports.documents, name="documents"),
    path("portfolio/documents/", reports.portfolio_documents, name="portfolio-documents"),
    path("reports/<int:pk>/status", reports.status, name="report-status"),
    path("reports/<int:pk>/download", reports.download, name="report-download"),
]
