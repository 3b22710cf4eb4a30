"""The list of exports, a job's card, and the file: for the owner's company only."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from exports.models import Export
from resellers.models import Reseller, User
from tests.factories import make_order

Ask = Callable[..., Export]
As = Callable[[User], Client]
FILE = {"Content-Disposition", "Content-Type"}


def url(export: Export, end: str = "") -> str:
    """Return the address of an export's page, or of its file."""
    return f"/exports/{export.uuid}/{end}"


def polled(client: Client, export: Export) -> str:
    """Return what a page that shows the card is told when it asks how far the job is."""
    headers = {"HX-Request": "true", "HX-Target": f"export-{export.uuid}"}
    return client.get(url(export), headers=headers).content.decode()


def aged(export: Export, **fields: object) -> Export:
    """Change what is on record of an export."""
    Export.objects.filter(pk=export.pk).update(**fields)
    export.refresh_from_db()
    return export


def test_asking_leads_to_the_jobs_page_and_a_second_click_to_the_same(ann: User, as_: As) -> None:
    first, second = [as_(ann).post("/exports/orders/?date_from=&date_to=") for _ in range(2)]
    assert (first.status_code, first.url) == (303, second.url)  # type: ignore[attr-defined]
    assert Export.objects.get().query == "date_from=&date_to="


def test_an_invalid_query_is_refused_with_a_sentence(ann: User, as_: As) -> None:
    answer = as_(ann).post("/exports/orders/?date_from=2026-02-30")
    assert answer.status_code == 422
    assert not Export.objects.exists()


def test_an_unknown_kind_does_not_exist(ann: User, as_: As) -> None:
    assert as_(ann).post("/exports/nonsense/").status_code == 404


def test_an_export_is_not_asked_for_by_looking(ann: User, as_: As) -> None:
    assert as_(ann).get("/exports/orders/").status_code == 405


def test_a_viewer_exports_orders_but_no_license_keys(bob: User, as_: As) -> None:
    assert as_(bob).post("/exports/orders/").status_code == 303
    assert as_(bob).post("/exports/license-keys/").status_code == 403


def test_a_job_that_runs_shows_its_progress_and_asks_again(ann: User, ask: Ask, as_: As) -> None:
    export = aged(
        ask(ann), state="running", claim=uuid4(), leased_until=timezone.now(), total=1284, rows=640
    )
    page = as_(ann).get(url(export)).content.decode()
    assert '<progress max="1284" value="640"' in page
    assert "640 of 1,284 rows" in page
    assert f'hx-get="{url(export)}"' in page


@pytest.mark.parametrize(("age", "pause"), [(0, 250), (10, 1000), (60, 2000)])
def test_a_page_asks_often_at_first(ann: User, ask: Ask, as_: As, age: int, pause: int) -> None:
    export = aged(ask(ann), asked_at=timezone.now() - timedelta(seconds=age))
    assert f"load delay:{pause}ms" in polled(as_(ann), export)


def test_a_page_that_asks_gets_the_card_alone_and_stops_when_it_is_ready(
    ann: User, written: Ask, as_: As
) -> None:
    export = written(ann)
    card = polled(as_(ann), export)
    assert "<html" not in card
    assert "hx-get" not in card
    assert 'id="export-news" hx-swap-oob="innerHTML">Orders: Ready' in card
    assert url(export, "download/") in card


def test_the_file_is_a_download_that_nobody_keeps(
    acme: Reseller, ann: User, written: Ask, as_: As
) -> None:
    make_order(acme, user=ann)
    export = written(ann)
    answer = as_(ann).get(url(export, "download/"))
    body = answer.getvalue()
    assert (answer.status_code, len(body)) == (200, export.size)
    assert body.startswith(b"\xef\xbb\xbfOrder Number,")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="orders-20')
    assert answer["Content-Length"] == str(export.size)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    answer.close()


@pytest.mark.parametrize("fields", [{}, {"state": "failed"}, {"state": "stuck"}])
def test_before_it_is_ready_the_file_is_a_409_with_a_sentence(
    ann: User, ask: Ask, as_: As, fields: dict[str, str]
) -> None:
    answer = as_(ann).get(url(aged(ask(ann), **fields), "download/"))
    assert answer.status_code == 409
    assert b"not ready" in answer.content


def test_after_a_day_the_file_is_gone_whether_or_not_it_was_removed(
    ann: User, written: Ask, as_: As
) -> None:
    export = aged(written(ann), expires_at=timezone.now())
    answer = as_(ann).get(url(export, "download/"))
    assert answer.status_code == 410
    assert b"Export the list again" in answer.content
    assert b"Export again" in answer.content


def test_a_file_that_somebody_deleted_is_gone_too(
    ann: User, written: Ask, as_: As, exports_folder: Path
) -> None:
    export = written(ann)
    (exports_folder / export.file).unlink()
    assert as_(ann).get(url(export, "download/")).status_code == 410


def test_a_file_that_the_disk_does_not_give_is_there_later(
    ann: User, written: Ask, as_: As, exports_folder: Path
) -> None:
    export, aside = written(ann), exports_folder.with_suffix(".aside")
    exports_folder.rename(aside)
    exports_folder.write_text("a file where the folder should be")
    answer = as_(ann).get(url(export, "download/"))
    assert (answer.status_code, b"cannot be read just now" in answer.content) == (409, True)
    exports_folder.unlink()
    aside.rename(exports_folder)
    answer = as_(ann).get(url(export, "download/"))
    assert answer.status_code == 200
    answer.close()


def test_colleagues_may_have_the_file(ann: User, bob: User, written: Ask, as_: As) -> None:
    answer = as_(bob).get(url(written(ann), "download/"))
    assert answer.status_code == 200
    answer.close()


def test_a_viewer_has_no_file_with_license_keys(
    ann: User, bob: User, written: Ask, as_: As
) -> None:
    keys, orders = written(ann, "license-keys"), written(ann, "orders")
    assert as_(bob).get(url(keys)).status_code == 403
    assert as_(bob).get(url(keys, "download/")).status_code == 403
    page = as_(bob).get("/exports/").content.decode()
    assert str(keys.uuid) not in page
    assert str(orders.uuid) in page


@pytest.mark.parametrize("end", ["", "download/"])
def test_a_strangers_export_looks_like_none(
    ann: User, charlie: User, written: Ask, as_: As, end: str
) -> None:
    theirs = as_(charlie).get(url(written(ann), end))
    none = as_(charlie).get(f"/exports/{uuid4()}/{end}")
    assert theirs.status_code == none.status_code == 404
    assert str(written(ann).uuid) not in as_(charlie).get("/exports/").content.decode()


def test_a_failed_job_says_why_and_its_owner_may_try_again(ann: User, ask: Ask, as_: As) -> None:
    export = aged(ask(ann), state="failed", reason="The person may not.")
    page = as_(ann).get(url(export)).content.decode()
    assert "The person may not." in page
    assert "Try again" in page
    again = as_(ann).post(f"/exports/orders/?{export.query}")
    assert urlsplit(again.url).path != url(export)  # type: ignore[attr-defined]


def test_a_job_to_be_tried_again_says_so(ann: User, ask: Ask, as_: As) -> None:
    export = aged(ask(ann), reason="The disk is full.")
    page = as_(ann).get(url(export)).content.decode()
    assert "The disk is full. It will be tried again." in page


def test_a_colleague_is_not_told_what_the_owner_searched_for(
    ann: User, bob: User, ask: Ask, as_: As
) -> None:
    export = aged(ask(ann, query="search=ABCDE"), state="failed")
    assert b"search=ABCDE" in as_(ann).get(url(export)).content
    for page in (url(export), "/exports/"):
        assert b"ABCDE" not in as_(bob).get(page).content


def test_a_card_says_what_it_covers_in_words(ann: User, ask: Ask, as_: As) -> None:
    some = ask(ann, query="date_from=2026-11-01&date_to=2026-11-24&state=refunded")
    page = as_(ann).get(url(some)).content.decode()
    assert "Purchased: 1 Nov 2026 – 24 Nov 2026 · State: Refunded" in page
    everything = ask(ann, query="date_from=")
    assert "Without any filter" in as_(ann).get(url(everything)).content.decode()


def test_a_card_of_todays_orders_names_the_day(ann: User, ask: Ask, as_: As) -> None:
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False):
        export = ask(ann, query="")
        page = as_(ann).get(url(export)).content.decode()
    assert "Purchased: 24 Nov 2026<" in page


def test_a_card_says_what_was_searched_by_but_not_for(
    ann: User, bob: User, ask: Ask, as_: As
) -> None:
    for user, said in ((ann, "activation code or e-mail"), (bob, "customer e-mail")):
        page = as_(user).get(url(ask(user, query="search=nina%40nova"))).content.decode()
        assert f"<p>Searched by {said}</p>" in page


def test_the_list_shows_the_newest_first_and_25_a_page(
    ann: User, ask: Ask, as_: As, settings: Any
) -> None:
    settings.EXPORTS_AT_ONCE = 100
    exports = [ask(ann, query=f"order_number={number:010}") for number in range(27)]
    first = as_(ann).get("/exports/").content.decode()
    assert first.count('class="panel job"') == 25
    assert first.index(str(exports[26].uuid)) < first.index(str(exports[25].uuid))
    assert as_(ann).get("/exports/?page=last").content.decode().count('class="panel job"') == 2


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "%00"])
def test_no_page_number_is_an_error(ann: User, as_: As, page: str) -> None:
    assert as_(ann).get(f"/exports/?page={page}").status_code == 200


def test_the_lists_queries_do_not_grow_with_the_exports(
    ann: User,
    ask: Ask,
    as_: As,
    django_assert_max_num_queries: Callable[[int], object],
    settings: Any,
) -> None:
    settings.EXPORTS_AT_ONCE = 100
    for number in range(20):
        ask(ann, query=f"order_number={number:010}")
    client = as_(ann)
    with django_assert_max_num_queries(6):  # type: ignore[attr-defined]
        client.get("/exports/")


def test_without_exports_the_list_says_how_to_make_one(ann: User, as_: As) -> None:
    page = as_(ann).get("/exports/").content.decode()
    assert "No exports yet" in page
    assert 'href="/orders/"' in page
