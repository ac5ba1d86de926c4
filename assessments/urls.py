"""Addresses of assessments."""

from django.urls import path

from assessments.views import (
    decision,
    drafts,
    form,
    history,
    instruments,
    judgement,
    lists,
    participant,
    second,
    start,
)

app_name = "assessments"

urlpatterns = [
    path("assessments/queue/", lists.queue, name="queue"),
    path("cases/<slug:code>/assessments/", lists.panel, name="panel"),
    path("cases/<slug:code>/assessments/summary/", lists.summary_panel, name="summary-panel"),
    path("cases/<slug:code>/assessments/new/", start.assessment_new, name="new"),
    path("cases/<slug:code>/assessments/<slug:instrument>/history/", history.history, name="history"),
    path("cases/<slug:code>/assessments/<slug:instrument>/changes/", history.changes, name="changes"),
    path("instruments/", instruments.instrument_list, name="instruments"),
    path("instruments/drafts/<slug:code>/", drafts.draft_detail, name="draft"),
    path("instruments/drafts/<slug:code>/edit/", drafts.draft_edit, name="draft-edit"),
    path("instruments/drafts/<slug:code>/preview/", instruments.draft_preview, name="draft-preview"),
    path("instruments/drafts/<slug:code>/publish/", drafts.draft_publish, name="draft-publish"),
    path("instruments/drafts/<slug:code>/discard/", drafts.draft_discard, name="draft-discard"),
    path("instruments/<slug:instrument>/compare/", instruments.instrument_compare, name="instrument-compare"),
    path("instruments/<slug:instrument>/draft/", drafts.draft_new, name="draft-new"),
    path("instruments/<slug:instrument>/<str:version>/", instruments.instrument_detail, name="instrument"),
    path(
        "instruments/<slug:instrument>/<str:version>/preview/",
        instruments.instrument_preview,
        name="instrument-preview",
    ),
    path("instruments/<slug:instrument>/<str:version>/paper/", instruments.instrument_paper, name="instrument-paper"),
    path(
        "instruments/<slug:instrument>/<str:version>/withdraw/",
        instruments.instrument_withdraw,
        name="instrument-withdraw",
    ),
    path("assessments/<slug:code>/", start.assessment_form, name="form"),
    path("assessments/<slug:code>/answers/", form.answer_save, name="answer-save"),
    path("assessments/<slug:code>/domain/<slug:domain>/", form.domain_edit, name="domain"),
    path("assessments/<slug:code>/narratives/", form.narratives_edit, name="narratives"),
    path("assessments/<slug:code>/first/", judgement.first_judgement, name="first"),
    path("assessments/<slug:code>/guidance/", judgement.guidance, name="guidance"),
    path("assessments/<slug:code>/choice/", judgement.choice_save, name="choice-save"),
    path("assessments/<slug:code>/result/", judgement.result, name="result"),
    path("assessments/<slug:code>/resume/", start.assessment_resume, name="resume"),
    path("assessments/<slug:code>/review/", decision.review, name="review"),
    path("assessments/<slug:code>/finalise/", decision.finalise, name="finalise"),
    path("assessments/<slug:code>/cancel/", decision.cancel, name="cancel"),
    path("assessments/<slug:code>/participant/", participant.participant, name="participant"),
    path("assessments/<slug:code>/participant/pdf/", participant.participant_pdf, name="participant-pdf"),
    path("assessments/<slug:code>/own-view/", participant.own_view, name="own-view"),
    path("assessments/<slug:code>/contest/", participant.contest, name="contest"),
    path("assessments/<slug:code>/second/", participant.second_ask, name="second-ask"),
    path("second-ratings/<slug:code>/", second.second_detail, name="second"),
    path("second-ratings/<slug:code>/start/", second.second_start, name="second-start"),
    path("second-ratings/<slug:code>/withdraw/", second.second_withdraw, name="second-withdraw"),
    path("second-ratings/<slug:code>/compare/", second.second_compare, name="second-compare"),
    path("second-ratings/<slug:code>/joint/", second.joint_start, name="joint-start"),
]
