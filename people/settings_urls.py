"""Addresses of the settings, and of each person's own account."""

from django.urls import path

from people.activity.views import Activity
from people.views import account, company, distributors, emails, notices, person, settings, users

app_name = "settings"
DISTRIBUTORS, USERS = "settings/distribution-companies", "settings/users"

urlpatterns = [
    path("settings/", settings.Settings.as_view(), name="index"),
    path(f"{DISTRIBUTORS}/", distributors.DistributionCompanies.as_view(), name="distributors"),
    path(f"{DISTRIBUTORS}/add/", distributors.AddCompany.as_view(), name="add_distributor"),
    path(
        f"{DISTRIBUTORS}/<int:pk>/rename/",
        distributors.RenameCompany.as_view(),
        name="rename_distributor",
    ),
    path(
        f"{DISTRIBUTORS}/<int:pk>/retire/",
        distributors.RetireCompany.as_view(),
        name="retire_distributor",
    ),
    path(
        f"{DISTRIBUTORS}/<int:pk>/bring-back/",
        distributors.BringBackCompany.as_view(),
        name="bring_back_distributor",
    ),
    path(f"{USERS}/", users.Users.as_view(), name="users"),
    path(f"{USERS}/invite/", users.Invite.as_view(), name="invite"),
    path(f"{USERS}/invitations/<int:pk>/again/", users.InviteAgain.as_view(), name="invite_again"),
    path(
        f"{USERS}/invitations/<int:pk>/withdraw/",
        users.WithdrawInvitation.as_view(),
        name="withdraw_invitation",
    ),
    path(f"{USERS}/<int:pk>/", person.ShowUser.as_view(), name="user"),
    path(f"{USERS}/<int:pk>/role/", person.ChangeRole.as_view(), name="change_role"),
    path(f"{USERS}/<int:pk>/disable/", person.DisableUser.as_view(), name="disable_user"),
    path(f"{USERS}/<int:pk>/enable/", person.EnableUser.as_view(), name="enable_user"),
    path(f"{USERS}/<int:pk>/end-sessions/", person.EndSessions.as_view(), name="end_sessions"),
    path(
        f"{USERS}/<int:pk>/remove-second-factor/",
        person.RemoveSecondFactor.as_view(),
        name="remove_second_factor",
    ),
    path("settings/company/", company.Company.as_view(), name="company"),
    path("settings/notices/", notices.Notices.as_view(), name="notices"),
    path("settings/notices/low-balance/", notices.ChangeLowBalance.as_view(), name="low_balance"),
    path("settings/notices/<slug:kind>/", notices.ChangeAudience.as_view(), name="audience"),
    path("settings/emails/", emails.EmailTexts.as_view(), name="emails"),
    path("settings/emails/<slug:kind>/", emails.ChangeEmailText.as_view(), name="email_text"),
    path(
        "settings/emails/<slug:kind>/reset/",
        emails.ResetEmailText.as_view(),
        name="reset_email_text",
    ),
    path("activity/", Activity.as_view(), name="activity"),
    path("account/", account.Account.as_view(), name="account"),
    path("account/sessions/<int:pk>/end/", account.EndDevice.as_view(), name="end_device"),
    path(
        "account/sessions/end-others/",
        account.EndOtherDevices.as_view(),
        name="end_other_devices",
    ),
]
