"""What a mail server's answer means: try again later, or never."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from reseller_portal.running import PermanentError, TemporaryError
from reseller_portal.secrets import without_secrets

LONGEST_ANSWER = 300


@contextmanager
def judged() -> Iterator[None]:
    """Turn a failure of the mail server within the block into a temporary or a permanent one."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise TemporaryError(
            _("The mail server does not accept the portal's sign-in (%(answer)s).")
            % {"answer": _answer(error.smtp_code, error.smtp_error)}
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refusal(code, answer) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise PermanentError(_("The mail server cannot deliver to this address.")) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryError(_unreachable(error)) from error


def _refusal(code: int, answer: bytes | str) -> Exception:
    values = {"answer": _answer(code, answer)}
    if 500 <= code < 600:
        return PermanentError(_("The mail server refused the mail: %(answer)s") % values)
    return TemporaryError(_("The mail server put the mail off: %(answer)s") % values)


def _unreachable(error: Exception) -> str:
    if TimeoutError in {type(error), type(error.__context__)}:  # smtplib hides it behind its own
        return _("The mail server did not answer in time.")
    return _("The mail server could not be reached.")


def _answer(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return without_secrets(f"{code} {' '.join(text.split())}")[:LONGEST_ANSWER]
