"""Addresses of the case file. Codes are random; nothing in a path is a name, a number or a sequence."""

from django.urls import path

from cases.views import casefile, check_in, intake, moves, notes, sections, tasks, timeline

app_name = "cases"

urlpatterns = [
    path("cases/", casefile.case_list, name="case-list"),
    path("cases/new/", intake.case_new, name="case-new"),
    path("cases/new/regions/", intake.region_options, name="region-options"),
    path("cases/<slug:code>/", casefile.case_detail, name="case-detail"),
    path("cases/<slug:code>/move-on/", moves.case_move_on, name="case-move-on"),
    path("cases/<slug:code>/assign/", moves.case_assign, name="case-assign"),
    path("cases/<slug:code>/suspend/", moves.case_suspend, name="case-suspend"),
    path("cases/<slug:code>/resume/", moves.case_resume, name="case-resume"),
    path("cases/<slug:code>/close/", moves.case_close, name="case-close"),
    path("cases/<slug:code>/reopen/", moves.case_reopen, name="case-reopen"),
    path("cases/<slug:code>/identity/", sections.identity, name="identity"),
    path("cases/<slug:code>/identity/edit/", sections.identity_edit, name="identity-edit"),
    path("cases/<slug:code>/identity/address/", sections.address_new, name="address-new"),
    path("cases/<slug:code>/legal/", sections.legal, name="legal"),
    path("cases/<slug:code>/legal/statuses/new/", sections.legal_status_new, name="legal-status-new"),
    path("cases/<slug:code>/legal/events/new/", sections.legal_event_new, name="legal-event-new"),
    path("cases/<slug:code>/supervision/", sections.supervision, name="supervision"),
    path("cases/<slug:code>/supervision/edit/", sections.supervision_edit, name="supervision-edit"),
    path("cases/<slug:code>/access/", sections.access, name="access"),
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
    path("cases/<slug:code>/check-in/", check_in.check_in, name="check-in"),
    path("cases/<slug:code>/check-in/reason/", check_in.check_in_reason, name="check-in-reason"),
    path("cases/<slug:code>/check-in/undo/", check_in.check_in_undo, name="check-in-undo"),
    path("cases/<slug:code>/tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/<slug:code>/close/", tasks.task_close, name="task-close"),
]
