"""Addresses of the case file. Codes are random; nothing in a path is a name, a number or a sequence."""

from django.urls import path

from cases.views import notes, tasks, timeline, today

app_name = "cases"

urlpatterns = [
    # daily work
    path("notes/new/", notes.note_quick, name="note-quick"),
    path("cases/<slug:code>/notes/", notes.note_list, name="note-list"),
    path("cases/<slug:code>/notes/new/", notes.note_new, name="note-new"),
    path("cases/<slug:code>/notes/draft/", notes.note_draft, name="note-draft"),
    path("cases/<slug:code>/notes/draft/discard/", notes.note_draft_discard, name="note-draft-discard"),
    path("cases/<slug:code>/notes/<slug:note_code>/", notes.note_detail, name="note-detail"),
    path("cases/<slug:code>/notes/<slug:note_code>/edit/", notes.note_edit, name="note-edit"),
    path("cases/<slug:code>/notes/<slug:note_code>/amend/", notes.note_amend, name="note-amend"),
    path("cases/<slug:code>/timeline/", timeline.timeline, name="timeline"),
    path("cases/<slug:code>/check-in/", today.check_in, name="check-in"),
    path("cases/<slug:code>/check-in/reason/", today.check_in_reason, name="check-in-reason"),
    path("cases/<slug:code>/check-in/undo/", today.check_in_undo, name="check-in-undo"),
    path("cases/<slug:code>/tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/<slug:code>/close/", tasks.task_close, name="task-close"),
]
