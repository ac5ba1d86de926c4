"""Pages of assessments as a person reads and answers them."""

import re

from django.urls import reverse

HTMX = {"HTTP_HX_REQUEST": "true"}


def as_user(client, user):
    client.force_login(user)
    return client


def url(name, assessment, **kwargs):
    return reverse(f"assessments:{name}", kwargs={"code": assessment.code, **kwargs})


def text(response):
    """The words of a page's main part."""
    html = response.content.decode()
    main = html[html.find("<main") : html.find("</main>")] or html
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace(" .", ".").replace(" ,", ",")


def post_answer(client, draft, item, **fields):
    data = {"item": item} | {f"{item}-{name}": value for name, value in fields.items()}
    return client.post(url("answer-save", draft), data, **HTMX)
