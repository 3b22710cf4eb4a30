"""Addresses of the mail log."""

from django.urls import path

from mailing import views

app_name = "mails"
urlpatterns = [
    path("", views.Mails.as_view(), name="list"),
    path("<int:pk>/resend/", views.ResendMail.as_view(), name="resend"),
    path("<int:pk>/set-aside/", views.SetMailAside.as_view(), name="set_aside"),
]
