"""How amounts, days, moments, codes and states are shown."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from reseller_portal.display import day_text, moment_text, money_text
from reseller_portal.icons import ICONS

NOON = datetime(2026, 11, 24, 13, 10, tzinfo=UTC)


def shown(template: str, **values: Any) -> str:
    return engines["django"].from_string(template).render(values)


@pytest.fixture(autouse=True)
def _in_berlin() -> Any:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


def test_an_amount_is_grouped_exact_and_names_its_currency() -> None:
    html = shown("{% money amount 'EUR' %}", amount=Decimal("1234567.005"))
    assert ">EUR</span>&nbsp;1,234,567.01</span>" in html


def test_an_amount_follows_the_language() -> None:
    with translation.override("de"):
        assert money_text(Decimal("1284.5"), "EUR") == "EUR\xa01.284,50"


def test_no_amount_day_or_moment_leaves_nothing() -> None:
    assert shown("{% money x 'EUR' %}{% day x %}{% moment x %}", x=None) == ""


def test_a_moment_is_absolute_in_the_resellers_zone_which_it_names() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 16, 10, tzinfo=UTC), tick=False):
        html = shown("{% moment at %}", at=NOON)
    assert ">24 Nov 2026, 14:10 CET</time>" in html
    assert 'datetime="2026-11-24T14:10:00+01:00"' in html
    assert 'title="3\xa0hours ago"' in html


def test_what_happened_just_now_is_not_to_come() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 13, 10, 40, tzinfo=UTC), tick=False):
        at = datetime(2026, 11, 24, 13, 10, 30, tzinfo=UTC)
        assert 'title="0\xa0minutes ago"' in shown("{% moment at %}", at=at)


def test_time_goes_on_for_a_moment_that_was_shown_before() -> None:
    for hours in (1, 2):
        now = datetime(2026, 11, 24, 13 + hours, 10, tzinfo=UTC)
        with time_machine.travel(now, tick=False):
            assert f'title="{hours}\xa0hour' in shown("{% moment at %}", at=NOON)


@pytest.mark.parametrize(("fold", "zone"), [(0, "CEST"), (1, "CET")])
def test_of_the_hour_that_comes_twice_each_is_named(fold: int, zone: str) -> None:
    at = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    assert f"25 Oct 2026, 02:30 {zone}" in shown("{% moment at %}", at=at)


def test_the_same_amount_is_written_in_each_language() -> None:
    for language, written in (("en-gb", "1,284.50"), ("de", "1.284,50"), ("en-gb", "1,284.50")):
        with translation.override(language):
            assert written in shown("{% money amount 'EUR' %}", amount=Decimal("1284.5"))


def test_a_moment_to_come_says_so() -> None:
    with time_machine.travel(datetime(2026, 11, 22, 13, 10, tzinfo=UTC), tick=False):
        assert 'title="in 2\xa0days"' in shown("{% moment at %}", at=NOON)


def test_the_same_moment_has_another_day_on_the_other_side_of_the_earth() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert shown("{% day at %}", at=late) == '<time datetime="2026-11-25">25 Nov 2026</time>'
    with timezone.override(ZoneInfo("America/New_York")):
        assert moment_text(late) == "24 Nov 2026, 18:30 EST"
        assert day_text(late) == "24 Nov 2026"


def test_a_date_is_no_moment_and_stays_what_it_is() -> None:
    with timezone.override(ZoneInfo("Pacific/Pago_Pago")):
        assert day_text(date(2027, 2, 28)) == "28 Feb 2027"


def test_a_code_breaks_between_its_groups_only() -> None:
    html = shown("{% code code %}", code="7KQXM-P3RWA-<b>")
    assert html == '<code class="code">7KQXM-<wbr>P3RWA-<wbr>&lt;b&gt;</code>'


@pytest.mark.parametrize(
    ("state", "tone"),
    [("processed", "good"), ("checking", "warn"), ("failed", "bad"), ("cancelled", "idle")],
)
def test_a_state_is_a_word_with_an_icon_and_a_tone(state: str, tone: str) -> None:
    html = shown("{% state_pill state label %}", state=state, label="1 of <50>")
    assert html.startswith(f'<span class="pill {tone}"><svg')
    assert html.endswith("1 of &lt;50&gt;</span>")


def test_a_state_without_a_tone_of_its_own_is_still_shown() -> None:
    assert "Strange</span>" in shown("{% state_pill 'strange' 'Strange' %}")


def test_the_bar_shows_active_and_available_as_figures_and_lengths() -> None:
    html = shown("{% license_bar 6000 3000 10000 %}")
    assert "<b>6,000</b> active · <b>3,000</b> available" in html
    assert "of 10,000" in html
    assert 'd="M0 0h600v4H0z"' in html
    assert 'd="M600 0h300v4h-300z"' in html


def test_the_bar_of_an_order_without_licenses_is_empty() -> None:
    assert 'd="M0 0h0v4H0z"' in shown("{% license_bar 0 0 0 %}")


def test_every_icon_is_a_drawing_that_nobody_reads_aloud() -> None:
    for name in ICONS:
        drawing = ET.fromstring(shown("{% icon name %}", name=name))  # noqa: S314
        assert drawing.get("aria-hidden") == "true"
        assert drawing[0].get("d")


def test_an_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        shown("{% icon 'unicorn' %}")


@pytest.mark.parametrize(
    ("cookie", "scheme"), [("dark", "dark"), ("light", "light"), ('"><script>', ""), ("", "")]
)
def test_only_known_schemes_reach_the_page(rf: RequestFactory, cookie: str, scheme: str) -> None:
    request = rf.get("/")
    request.COOKIES["scheme"] = cookie
    assert shown("{% stored_scheme %}", request=request) == scheme


def test_nothing_carries_a_style_attribute() -> None:
    html = shown("{% license_bar 1 1 2 %}{% state_pill 'active' 'Active' %}{% icon 'key' %}")
    assert "style" not in html


def test_a_part_that_is_kept_sees_its_values_and_nothing_else() -> None:
    dark, light = (
        shown("{% kept 'frame/theme.html' scheme=chosen %}", chosen=scheme)
        for scheme in ("dark", "light")
    )
    assert 'value="dark" checked' in dark
    assert 'value="light" checked' in light
    assert 'value="" checked' in shown("{% kept 'frame/theme.html' %}", scheme="dark")
