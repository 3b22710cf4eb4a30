"""What was put off, or taken, while the clock ran ahead is done once the clock is right again."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from django.utils import timezone

from mailing import delivery
from mailing.models import Mail
from tests.mailserver import MailServer

Queue = Callable[..., Mail]
DAY = timedelta(days=1)


def test_a_mail_that_was_put_off_meanwhile_is_sent(queue: Queue, mailserver: MailServer) -> None:
    mailserver.answers = ["451 4.3.0 Come back later"]
    with time_machine.travel(timezone.now() + DAY):
        delivery.deliver(queue().pk)
    assert Mail.objects.get().state == "queued"
    assert delivery.sweep() == 1
    assert Mail.objects.get().state == "done"


def test_a_mail_whose_worker_died_meanwhile_is_sent(queue: Queue, mailserver: MailServer) -> None:
    with time_machine.travel(timezone.now() + DAY):
        assert Mail.objects.claim(queue().pk, timezone.now()) is not None
    assert delivery.sweep() == 1
    assert (Mail.objects.get().state, Mail.objects.get().attempts) == ("done", 2)


def test_what_waits_no_longer_than_usual_or_is_held_is_left_alone(
    queue: Queue, mailserver: MailServer
) -> None:
    mailserver.answers = ["451 4.3.0 Come back later"]
    delivery.deliver(queue("1").pk)
    assert Mail.objects.claim(queue("2").pk, timezone.now()) is not None
    assert delivery.sweep() == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {"queued", "running"}
