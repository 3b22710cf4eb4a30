"""New resellers, invitations and sign-in."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """New resellers, invitations and sign-in."""

    name = "people"
