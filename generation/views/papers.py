"""A company's data protection papers, to read and to take along."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.doors import for_admins
from accounts.models import Member

from .. import papers


@for_admins
@require_safe
def show(request: HttpRequest, seat: Member, paper: str) -> HttpResponse:
    context = {"company": seat.company, "seat": seat, "name": paper, "paper": _written(paper, seat)}
    return render(request, "company/paper.html", context)


@for_admins
@require_safe
def download(request: HttpRequest, seat: Member, paper: str) -> HttpResponse:
    """The same as a Markdown file, whose name says its version."""
    written = _written(paper, seat)
    return HttpResponse(
        written.body,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{paper}-{written.version}.md"'},
    )


def _written(name: str, seat: Member) -> papers.Paper:
    if name not in papers.PAPERS:
        raise Http404
    return papers.write(name, seat.company)
