"""Refuse a request by its announced size, before a byte of its body is read."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from assessments.limits import MB, ZIP_BYTES

# Several files may come in one plain form; each has its own limit as well.
UPLOAD_BODY_BYTES = 2 * ZIP_BYTES + MB
TEXT_BODY_BYTES = MB

View = Callable[..., HttpResponse]


def at_most(limit: int, refuse: Callable[..., HttpResponse], before: View | None = None) -> Callable[[View], View]:
    """A view whose body is larger than `limit` bytes is answered by `refuse(request, **kwargs)` instead.

    The ordinary check of the CSRF token reads the whole body, so it is put off until the size is known; it is made
    before the view all the same. `before` is called first with the view's arguments and may raise: a stranger's body
    is not read at all.
    """

    def decorate(view: View) -> View:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: object) -> HttpResponse:
            if before is not None and (early := before(request, **kwargs)) is not None:
                return early
            if announced(request) > limit:
                return refuse(request, **kwargs)
            return protected(request, **kwargs)

        return wrapped

    return decorate


def announced(request: HttpRequest) -> int:
    """The size of the body as the request states it; what states none has none, as WSGI reads no further."""
    try:
        return int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return 0
