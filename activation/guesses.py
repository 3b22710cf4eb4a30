"""How many wrong activation codes one address may try.

Only wrong codes are counted; a page that is opened with a right one only reads the count.
"""

import ipaddress
from datetime import datetime

from django.core.cache import cache

ALLOWED = 30
WINDOW = 600
IPV6_NETWORK = 64


def too_many(address: str | None, now: datetime) -> bool:
    """Say whether an address has used up its wrong codes of these ten minutes."""
    return int(cache.get(_key(address, now), 0)) >= ALLOWED


def count_wrong(address: str | None, now: datetime) -> None:
    """Count one wrong code."""
    key = _key(address, now)
    cache.set(key, int(cache.get(key, 0)) + 1, timeout=2 * WINDOW)


def _key(address: str | None, now: datetime) -> str:
    """Name the count after its ten minutes, so that no outdated row is ever read (and deleted)."""
    return f"wrong_codes:{_network(address)}:{int(now.timestamp()) // WINDOW}"


def _network(address: str | None) -> str:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, IPV6_NETWORK), strict=False).network_address)
