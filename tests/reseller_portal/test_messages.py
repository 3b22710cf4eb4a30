"""What an action says after the page was loaded anew."""

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string


@pytest.mark.parametrize(
    ("level", "look"),
    [
        (constants.SUCCESS, "notice good"),
        (constants.INFO, "notice good"),
        (constants.WARNING, "notice warn"),
        (constants.ERROR, "notice bad"),
    ],
)
def test_a_message_looks_as_it_is_meant_and_is_read_aloud(level: int, look: str) -> None:
    html = render_to_string("components/messages.html", {"messages": [Message(level, "<Done>")]})
    assert f'class="{look}"' in html
    assert "&lt;Done&gt;" in html
    assert 'role="status"' in html
