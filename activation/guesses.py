"""How many wrong activation codes one address may try.

Only wrong codes are counted; a page that is opened with a right one only reads the count.
"""

import ipaddress
from datetime import datetime

from django.db import connection

from activation.models import WrongCodes

ALLOWED = 30
WINDOW = 600
IPV6_NETWORK = 64
COUNT = """
    INSERT INTO activation_wrongcodes AS counted (network, "window", count) VALUES (%s, %s, 1)
    ON CONFLICT (network, "window") DO UPDATE SET count = counted.count + 1
    RETURNING count
"""


def too_many(address: str | None, now: datetime) -> bool:
    """Say whether an address has used up its wrong codes of these ten minutes."""
    counted = WrongCodes.objects.filter(network=_network(address), window=_window(now))
    return counted.filter(count__gte=ALLOWED).exists()


def count_wrong(address: str | None, now: datetime) -> bool:
    """Count one wrong code, and say whether it is one too many.

    One statement counts, so that guesses at the same moment are all counted; another lets go of the
    counts of earlier windows.
    """
    window = _window(now)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_network(address), window])
        [count] = cursor.fetchone() or [0]
    if count == 1:
        WrongCodes.objects.filter(window__lt=window).delete()
    return int(count) > ALLOWED


def _window(now: datetime) -> int:
    """Number the ten minutes of a moment."""
    return int(now.timestamp()) // WINDOW


def _network(address: str | None) -> str:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, IPV6_NETWORK), strict=False).network_address)
