"""The component tags: each renders `templates/components/<name>.html` with exactly the parameters of its signature.

A tag whose function takes `content` is written as a block (`{% card … %} … {% endcard %}`). The HTML stands in the
component's template; here is only which parameters it has. docs/ui.md lists them all, `/components/` shows them.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.context import Context
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_outline

from core.charts import Chart

register = template.Library()


@lru_cache(maxsize=256)
def _icon(name: str) -> str:
    return heroicon_outline(name, size=None, **{"class": "t-icon", "data-slot": "icon"})


@register.simple_tag
def icon(name: str) -> str:
    """One outline icon of heroicons.com, hidden from screen readers: the words beside it carry the meaning."""
    return _icon(str(name))


def _render(context: Context, component: str, /, **parameters: object) -> SafeString:
    """Render a component with its own parameters only, so that no page variable leaks into it."""
    inner = context.new(parameters)
    if csrf_token := context.get("csrf_token"):
        inner["csrf_token"] = csrf_token
    engine = context.template.engine  # type: ignore[union-attr]
    return SafeString(engine.get_template(f"components/{component}.html").render(inner).strip())


# ---- words in a shape ------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def band(context: Context, value: str | None, *, large: bool = False) -> SafeString:
    """The four words whose colour has a meaning, always shape + word."""
    return _render(context, "band", value=value, large=large)


@register.simple_tag(takes_context=True)
def chip(context: Context, text: object, *, kind: str = "", icon: str = "") -> SafeString:
    """Any other state; kind: "" | on | soon | due | done."""
    return _render(context, "chip", text=text, kind=kind, icon=icon)


@register.simple_tag(takes_context=True)
def count(context: Context, value: object, *, due: bool = False, label: object = "") -> SafeString:
    """A number beside a heading or a link; `label` says what it counts to those who do not see the place."""
    return _render(context, "count", value=value, due=due, label=label)


@register.simple_tag(takes_context=True)
def due(context: Context, text: object, *, late: bool = False, note: object = "") -> SafeString:
    """A due date in words, with a clock when it is late."""
    return _render(context, "due", text=text, late=late, note=note)


# ---- forms -----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def opened(context: Context, form: object) -> SafeString:
    """In every form that edits a stored row: the version and values it was opened with, for whoever saves second."""
    return _render(context, "opened", opened=getattr(form, "opened", None))


# ---- page furniture --------------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def crumbs(context: Context, content: SafeString) -> SafeString:
    return _render(context, "crumbs", content=content)


@register.simple_tag(takes_context=True)
def crumb(context: Context, label: object, url: str = "", *, code: str = "") -> SafeString:
    """One step of the path; without `url` it is the page itself."""
    return _render(context, "crumb", label=label, url=url, code=code)


@register.simple_block_tag(takes_context=True)
def page_head(
    context: Context, content: SafeString, *, title: object, lead: object = "", code: str = "", hide_s: bool = False
) -> SafeString:
    """The h1 and one line below it; the content holds the actions (one primary). `hide_s` drops them on phones."""
    return _render(context, "page_head", content=content, title=title, lead=lead, code=code, hide_s=hide_s)


@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: SafeString,
    *,
    title: object,
    id: str,
    count: object = None,
    due: bool = False,
    hidden_title: bool = False,
    flush: bool = False,
    level: int = 2,
    note: object = "",
    link: object = "",
    url: str = "",
    live: bool = False,
) -> SafeString:
    """A section with a heading. `flush`: the content brings its own padding (tables, work lists, forms)."""
    return _render(
        context,
        "card",
        content=content,
        title=title,
        id=id,
        count=count,
        due=due,
        hidden_title=hidden_title,
        flush=flush,
        tag=f"h{level}",
        note=note,
        link=link,
        url=url,
        live=live,
    )


@register.simple_block_tag(takes_context=True)
def note(
    context: Context,
    content: SafeString,
    *,
    kind: str = "",
    icon: str = "",
    link: object = "",
    url: str = "",
    alert: bool = False,
) -> SafeString:
    """One sentence and one way on; kind: "" | due | error | plain."""
    icons = {"due": "clock", "error": "exclamation-circle", "plain": "lock-closed"}
    chosen = icon or icons.get(kind, "information-circle")
    return _render(context, "note", content=content, kind=kind, icon=chosen, link=link, url=url, alert=alert)


@register.simple_block_tag(takes_context=True)
def fold(
    context: Context,
    content: SafeString,
    *,
    summary: object,
    open: bool = False,
) -> SafeString:
    return _render(context, "fold", content=content, summary=summary, open=open)


@register.simple_block_tag(takes_context=True)
def menu(context: Context, content: SafeString, *, label: object) -> SafeString:
    """The third and later actions; the content is a row of `<li>` with a link, or a form with one button."""
    return _render(context, "menu", content=content, label=label)


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: SafeString, *, id: str, title: object) -> SafeString:
    """Stops something that cannot be taken back. A link with `data-dialog="id"` opens it; without script, its page."""
    return _render(context, "dialog", content=content, id=id, title=title)


@register.simple_tag(takes_context=True)
def sections(context: Context, items: Iterable[Mapping[str, Any]], *, label: object) -> SafeString:
    """Tabs that are links. Items: label, url, current, count (None hides it)."""
    return _render(context, "sections", items=items, label=label)


@register.simple_tag(takes_context=True)
def messages_area(context: Context, messages: Iterable[object], *, swap: bool = False) -> SafeString:
    """What the last action did; `swap` replaces the page's own area out of band after an htmx request."""
    return _render(context, "messages", messages=messages, swap=swap)


# ---- lists and figures -----------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def workrow(
    context: Context,
    content: SafeString,
    *,
    when: object,
    note: object = "",
    late: bool = False,
    urgent: bool = False,
    name: object = "",
    url: str = "",
    code: str = "",
    text: object = "",
) -> SafeString:
    """One `<li>` of `<ul class="t-work">`: when, who and why, what to do (the content: buttons)."""
    return _render(
        context,
        "workrow",
        content=content,
        when=when,
        note=note,
        late=late,
        urgent=urgent,
        name=name,
        url=url,
        code=code,
        text=text,
    )


@register.simple_tag(takes_context=True)
def tiles(context: Context, items: Iterable[Mapping[str, Any]], *, label: object) -> SafeString:
    """At most eight numbers. Items: value, label, url, due (soga when the value is not zero)."""
    return _render(context, "tiles", items=items, label=label)


@register.simple_tag(takes_context=True)
def timeline(context: Context, items: Iterable[Mapping[str, Any]]) -> SafeString:
    """Items: icon, title, meta, and if they have one: text, url, chip, chip_kind, amendments (title, meta, text)."""
    return _render(context, "timeline", items=items)


@register.simple_tag(takes_context=True)
def bridge(context: Context, stages: Iterable[Mapping[str, Any]]) -> SafeString:
    """The stage map. Stages: label, state ("done" | "now" | "ahead"), notes (lines below)."""
    return _render(context, "bridge", stages=stages)


@register.simple_tag(takes_context=True)
def dots(context: Context, value: int, *, total: int) -> SafeString:
    """Steps done of a few (at most eight), with the words beside them."""
    marks = [{"x": 1 + 22 * index, "done": index < value} for index in range(total)]
    return _render(context, "dots", value=value, total=total, marks=marks, width=22 * total)


@register.simple_block_tag(takes_context=True)
def table(
    context: Context,
    content: SafeString,
    *,
    caption: object,
    columns: Sequence[Mapping[str, Any]],
    show_caption: bool = False,
    stack: bool = True,
    pad: bool = True,
) -> SafeString:
    """Head of a comparing table; the content is its rows.

    Columns: label, and if they have one: url (sorts), sort ("ascending" | "descending"), numeric, hide_s, hidden.
    """
    return _render(
        context,
        "table",
        content=content,
        caption=caption,
        columns=columns,
        show_caption=show_caption,
        stack=stack,
        pad=pad,
    )


@register.simple_tag(takes_context=True)
def pager(
    context: Context,
    *,
    summary: object = "",
    previous_url: str = "",
    next_url: str = "",
    target: str = "",
    label: object = "",
) -> SafeString:
    """Keyset paging: no page numbers, two links. With `target` (an id) htmx swaps that element instead of the page."""
    return _render(
        context, "pager", summary=summary, previous_url=previous_url, next_url=next_url, target=target, label=label
    )


@register.simple_tag(takes_context=True)
def filter_chip(context: Context, label: object, *, url: str) -> SafeString:
    """An active filter; pressing it takes it away."""
    return _render(context, "filter_chip", label=label, url=url)


@register.simple_tag(takes_context=True)
def chart(
    context: Context, chart: Chart, *, note: object = "", figures: bool = True, compact: bool = False
) -> SafeString:
    """Both drawings of a chart, its legend, and its figures as a table that folds out."""
    return _render(context, "chart", chart=chart, note=note, figures=figures, compact=compact)


# ---- states ----------------------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def empty_state(
    context: Context, content: SafeString, *, title: object, text: object = "", art: bool = False, level: int = 3
) -> SafeString:
    """What is true, why, and one next step (the content)."""
    return _render(context, "empty_state", content=content, title=title, text=text, art=art, tag=f"h{level}")


@register.simple_tag(takes_context=True)
def loading(context: Context, *, text: object) -> SafeString:
    """Bones below a sentence, visible after 300 ms."""
    return _render(context, "loading", text=text)


@register.simple_tag(takes_context=True)
def failed(context: Context, *, title: object, retry_url: str) -> SafeString:
    """One part of a page could not be loaded; the rest keeps working."""
    return _render(context, "failed", title=title, retry_url=retry_url)


@register.simple_tag(takes_context=True)
def panel(context: Context, url: str, *, id: str, title: object) -> SafeString:
    """A card that fetches itself from `url` after the page has come; without script it is a link there."""
    return _render(context, "panel", url=url, id=id, title=title)


@register.simple_tag(takes_context=True)
def progress(
    context: Context,
    *,
    id: str,
    title: object,
    percent: int,
    sentence: object,
    steps: Iterable[Mapping[str, Any]] = (),
    hint: object = "",
    poll_url: str = "",
    cancel_url: str = "",
) -> SafeString:
    """A long job. Steps: label, note, state ("done" | "now" | "ahead" | "failed"). `poll_url`: it renews itself."""
    return _render(
        context,
        "progress",
        id=id,
        title=title,
        percent=percent,
        sentence=sentence,
        steps=steps,
        hint=hint,
        poll_url=poll_url,
        cancel_url=cancel_url,
    )


# ---- forms -----------------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def error_summary(context: Context, form: BaseForm) -> SafeString:
    """All errors of a form with links to their fields; nothing when there are none."""
    wrong = [field for field in form if field.errors]
    return _render(context, "error_summary", form=form, wrong=wrong)


@register.simple_block_tag(takes_context=True)
def savebar(
    context: Context, content: SafeString, *, state: object = "", icon: str = "check", autosave_url: str = ""
) -> SafeString:
    """Sticky bar: the state of what was typed, and the buttons (the content).

    With `autosave_url` the form around it is posted there two seconds after each change; that view answers with
    `components/saved.html`.
    """
    return _render(context, "savebar", content=content, state=state, icon=icon, autosave_url=autosave_url)


@register.simple_tag(takes_context=True)
def saved(context: Context, *, state: object, icon: str = "check") -> SafeString:
    return _render(context, "saved", state=state, icon=icon)


@register.simple_tag(takes_context=True)
def letter_count(context: Context, *, field_id: str, at_least: int) -> SafeString:
    """Counts letters below a text box while writing; the rule itself is checked by the form."""
    return _render(context, "letter_count", field_id=field_id, at_least=at_least)
