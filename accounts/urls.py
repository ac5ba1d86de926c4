from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/language/", views.set_language, name="set-language"),
    path("journal/", views.journal, name="journal"),
    path("help/", views.help_page, name="help"),
]
