"""Addresses of assessments."""

from django.urls import path

from assessments.views import decision, form, history, judgement, lists, start

app_name = "assessments"

urlpatterns = [
    path("assessments/queue/", lists.queue, name="queue"),
    path("cases/<slug:code>/assessments/", lists.panel, name="panel"),
    path("cases/<slug:code>/assessments/summary/", lists.summary_panel, name="summary-panel"),
    path("cases/<slug:code>/assessments/new/", start.assessment_new, name="new"),
    path("cases/<slug:code>/assessments/<slug:instrument>/history/", history.history, name="history"),
    path("cases/<slug:code>/assessments/<slug:instrument>/changes/", history.changes, name="changes"),
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
]
