"""The collector for everybody who is signed in: vendors run it, and our own people see what vendors run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from collector.published import POLICY, SCRIPT, STACK_SET, actions_of, published, version_of

DOWNLOAD_POLICY = "sandbox; default-src 'none'"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What the script does and does not do, how to run it, and all files in full."""
    script, policy = published(SCRIPT), published(POLICY)
    context = {
        "script": script,
        "version": version_of(script),
        "policy": policy,
        "action_count": len(actions_of(policy)),
        "stack_set": published(STACK_SET),
    }
    return render(request, "collector/collector.html", context)


@require_safe
def download(request: HttpRequest, name: str) -> HttpResponse:
    """One file; always to be saved, never to be opened in the site's name."""
    file = published(name)
    if file is None:
        raise Http404
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Content-Security-Policy": DOWNLOAD_POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(file.content, content_type="application/octet-stream", headers=headers)
