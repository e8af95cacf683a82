"""Who may do what, and when. The table is the policy; everything not in it is refused."""

from enum import StrEnum

from assessments.states import WITH_VENDOR, State


class Role(StrEnum):
    """What a person is to one assessment."""

    RESPONDENT = "respondent"
    LEAD = "lead"
    HELPER = "helper"
    ANALYST = "analyst"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing to do with one assessment."""

    ANSWER = "answer"  # write answers, add and withdraw evidence
    VIEW_QUESTIONS = "view questions"  # the vendor's own pages, of the questions this person may see
    VIEW_ALL = "view all questions"  # pages about the whole questionnaire
    RECEIPT = "receipt"  # what was submitted, as a PDF for both sides
    ASSIGN = "assign"  # say who answers what
    FORWARD = "forward"  # hand the whole request to another person
    DECLARE_ACCOUNTS = "declare accounts"
    SUBMIT = "submit"
    VIEW_OVERVIEW = "view overview"  # our page of one assessment: never a vendor's
    EDIT = "edit"
    SEND = "send"
    CANCEL = "cancel"
    VIEW_SUBMITTED = "view submitted"  # what the vendor handed in and what it shows, without our results
    VIEW_REVIEW = "view review"  # the workbench: what was submitted, and the results
    REVIEW = "review"
    ASSIGN_REVIEWER = "assign reviewers"  # say which analyst scores which questions
    NOTE = "note"  # write to one another: never a vendor's to read
    SEND_BACK = "send back"
    CLOSE = "close"
    REOPEN = "reopen"
    REPORT = "report"
    VIEW_FINDINGS = "view findings"
    FINDINGS = "findings"  # raise, change and check them: ours
    FIX_FINDINGS = "fix findings"  # plan, prove and mark as fixed: the vendor's
    DECIDE = "decide"
    ACCEPT_RISK = "accept risk"  # of a finding, until a day
    ASK_SECOND = "ask for a second look"  # or call it off
    SECOND = "second look"  # score blind
    SETTLE = "settle"  # where the two looks differ


ALWAYS = frozenset(State)
SENT = ALWAYS - {State.DRAFT}
RECEIVED = frozenset({State.SUBMITTED, State.CHANGES_REQUESTED, State.CLOSED})
_IN_REVIEW = frozenset({State.SUBMITTED})
_OPEN = ALWAYS - {State.CLOSED, State.CANCELLED}

_STAFF: dict[Permission, frozenset[State]] = {Permission.VIEW_OVERVIEW: ALWAYS}
_SENDERS: dict[Permission, frozenset[State]] = {
    **_STAFF,
    Permission.VIEW_SUBMITTED: RECEIVED,
    Permission.VIEW_REVIEW: RECEIVED,
    Permission.NOTE: RECEIVED,
    Permission.RECEIPT: SENT,
    Permission.EDIT: _OPEN,
    Permission.SEND: frozenset({State.DRAFT}),
    Permission.CANCEL: _OPEN,
    Permission.REPORT: frozenset({State.SUBMITTED, State.CLOSED}),
    Permission.VIEW_FINDINGS: RECEIVED,
    Permission.DECLARE_ACCOUNTS: _OPEN,
    Permission.ASK_SECOND: _IN_REVIEW,
    Permission.SETTLE: _IN_REVIEW,
    Permission.ASSIGN_REVIEWER: _OPEN,
}
_HELPER: dict[Permission, frozenset[State]] = {
    Permission.VIEW_QUESTIONS: SENT,
    Permission.ANSWER: WITH_VENDOR,
}
_VENDOR: dict[Permission, frozenset[State]] = {
    **_HELPER,
    Permission.VIEW_ALL: SENT,
    Permission.RECEIPT: SENT,
    Permission.ASSIGN: WITH_VENDOR,
    Permission.VIEW_FINDINGS: frozenset({State.CLOSED}),
    Permission.FIX_FINDINGS: frozenset({State.CLOSED}),
}

GRANTS: dict[Role, dict[Permission, frozenset[State]]] = {
    Role.HELPER: _HELPER,
    Role.RESPONDENT: _VENDOR,
    Role.LEAD: {
        **_VENDOR,
        Permission.DECLARE_ACCOUNTS: WITH_VENDOR,
        Permission.SUBMIT: WITH_VENDOR,
        Permission.FORWARD: WITH_VENDOR,
    },
    Role.ANALYST: {
        **_SENDERS,
        Permission.REVIEW: _IN_REVIEW,
        Permission.SECOND: _IN_REVIEW,
        Permission.SEND_BACK: _IN_REVIEW,
        Permission.CLOSE: _IN_REVIEW,
        Permission.FINDINGS: frozenset({State.SUBMITTED, State.CLOSED}),
    },
    Role.MANAGER: {
        **_SENDERS,
        Permission.REOPEN: frozenset({State.CLOSED}),
        Permission.DECIDE: frozenset({State.CLOSED}),
        Permission.ACCEPT_RISK: frozenset({State.CLOSED}),
    },
    Role.ADMINISTRATOR: _STAFF,
}
# What shows or changes first results: not for who scores the same questions blind.
NOT_BLIND = frozenset(
    {
        Permission.VIEW_REVIEW,
        Permission.REVIEW,
        Permission.SEND_BACK,
        Permission.CLOSE,
        Permission.REPORT,
        Permission.VIEW_FINDINGS,
        Permission.FINDINGS,
        Permission.SETTLE,
    }
)


def allowed(role: Role, permission: Permission, state: State) -> bool:
    """Whether this role may do this now."""
    return state in GRANTS[role].get(permission, frozenset())


def ever_allowed(role: Role, permission: Permission) -> bool:
    """Whether this role may do this in any state: tells "not now" from "not your role"."""
    return permission in GRANTS[role]
