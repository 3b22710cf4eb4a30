"""Who a session belongs to."""

from allauth.account.auth_backends import AuthenticationBackend

from resellers.models import User


class PersonAndCompany(AuthenticationBackend):  # type: ignore[misc]
    """Load a signed-in person together with the company: every page needs both."""

    def get_user(self, user_id: int) -> User | None:
        """Return the person with this key; None for one who is gone or disabled."""
        user = User.objects.select_related("reseller").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
