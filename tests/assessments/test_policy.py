"""The policy as a table: everything that is not granted is refused."""

import pytest

from assessments.policy import GRANTS, Permission, Role, allowed, ever_allowed
from assessments.states import State

VENDOR = {Role.HELPER, Role.RESPONDENT, Role.LEAD}


def test_every_role_is_in_the_table() -> None:
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", sorted(VENDOR))
def test_a_vendor_never_reaches_our_side(role: Role) -> None:
    ours = set(Permission) - {
        Permission.ANSWER,
        Permission.VIEW_QUESTIONS,
        Permission.DECLARE_ACCOUNTS,
        Permission.SUBMIT,
        Permission.VIEW_ALL,
        Permission.RECEIPT,
        Permission.ASSIGN,
        Permission.FORWARD,
        Permission.VIEW_FINDINGS,
        Permission.FIX_FINDINGS,
    }
    assert not any(ever_allowed(role, permission) for permission in ours)


@pytest.mark.parametrize("role", sorted(set(Role) - VENDOR))
def test_staff_never_answer_for_a_vendor(role: Role) -> None:
    assert not ever_allowed(role, Permission.ANSWER)
    assert not ever_allowed(role, Permission.SUBMIT)


def test_who_may_do_what_now() -> None:
    granted = {
        (role.value, permission.value): "".join(state.value[0:2] for state in State if allowed(role, permission, state))
        for role, permissions in GRANTS.items()
        for permission in permissions
    }
    # Two letters a state: dr(aft) in(_progress) su(bmitted) ch(anges_requested) cl(osed) ca(ncelled).
    assert granted == {
        ("helper", "view questions"): "insuchclca",
        ("helper", "answer"): "inch",
        ("respondent", "view questions"): "insuchclca",
        ("respondent", "view all questions"): "insuchclca",
        ("respondent", "receipt"): "insuchclca",
        ("respondent", "assign"): "inch",
        ("respondent", "answer"): "inch",
        ("respondent", "view findings"): "cl",
        ("respondent", "fix findings"): "cl",
        ("lead", "view questions"): "insuchclca",
        ("lead", "answer"): "inch",
        ("lead", "declare accounts"): "inch",
        ("lead", "submit"): "inch",
        ("lead", "view all questions"): "insuchclca",
        ("lead", "receipt"): "insuchclca",
        ("lead", "assign"): "inch",
        ("lead", "forward"): "inch",
        ("lead", "view findings"): "cl",
        ("lead", "fix findings"): "cl",
        ("analyst", "view overview"): "drinsuchclca",
        ("analyst", "view submitted"): "suchcl",
        ("analyst", "view review"): "suchcl",
        ("analyst", "receipt"): "insuchclca",
        ("analyst", "edit"): "drinsuch",
        ("analyst", "send"): "dr",
        ("analyst", "cancel"): "drinsuch",
        ("analyst", "report"): "sucl",
        ("analyst", "declare accounts"): "drinsuch",
        ("analyst", "review"): "su",
        ("analyst", "send back"): "su",
        ("analyst", "close"): "su",
        ("analyst", "note"): "suchcl",
        ("analyst", "view findings"): "suchcl",
        ("analyst", "findings"): "sucl",
        ("analyst", "ask for a second look"): "su",
        ("analyst", "second look"): "su",
        ("analyst", "settle"): "su",
        ("manager", "ask for a second look"): "su",
        ("manager", "settle"): "su",
        ("analyst", "assign reviewers"): "drinsuch",
        ("manager", "assign reviewers"): "drinsuch",
        ("manager", "view overview"): "drinsuchclca",
        ("manager", "view submitted"): "suchcl",
        ("manager", "view review"): "suchcl",
        ("manager", "receipt"): "insuchclca",
        ("manager", "edit"): "drinsuch",
        ("manager", "send"): "dr",
        ("manager", "cancel"): "drinsuch",
        ("manager", "report"): "sucl",
        ("manager", "declare accounts"): "drinsuch",
        ("manager", "reopen"): "cl",
        ("manager", "decide"): "cl",
        ("manager", "accept risk"): "cl",
        ("manager", "note"): "suchcl",
        ("manager", "view findings"): "suchcl",
        ("administrator", "view overview"): "drinsuchclca",
    }
