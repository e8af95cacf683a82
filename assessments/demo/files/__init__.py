"""Evidence made by code: what a vendor would download, print or capture, with dates relative to the load."""

from collections.abc import Callable
from datetime import date
from functools import partial

from assessments.demo.files import credentials, outputs, pages, papers

_MAKERS: dict[str, Callable[[date], bytes]] = {
    "halvorsen-credentials-prod": credentials.halvorsen_prod,
    "halvorsen-credentials-prod-before": credentials.halvorsen_prod_before,
    "halvorsen-credentials-staging": credentials.halvorsen_staging,
    "halvorsen-credentials-sandbox": credentials.halvorsen_sandbox,
    "orchard-credentials": credentials.orchard_main,
    "quill-credentials": credentials.quill_prod,
    "quill-credentials-before": credentials.quill_prod_before,
    "halvorsen-list-accounts": partial(
        outputs.list_accounts, management="999999999999", accounts=pages.HALVORSEN_ACCOUNTS
    ),
}
_MODULES = (outputs, pages, papers)


def make(name: str, day: date) -> bytes:
    """The bytes of the file of this name as it was on `day`. Raises KeyError for a name nobody makes."""
    maker = _MAKERS.get(name)
    function = name.replace("-", "_")
    for module in _MODULES:
        maker = maker or getattr(module, function, None)
    if maker is None:
        raise KeyError(name)
    return maker(day)
