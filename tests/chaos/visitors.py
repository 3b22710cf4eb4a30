"""A process that asks for pages as several people do, and says how long each took.

`python -m tests.chaos.visitors PORT SECONDS PAGE …` writes one JSON object: the milliseconds of
every answer, and how many there were of each status (0: the line broke).
"""

import json
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice

from tests.chaos.browser import Browser
from tests.chaos.deeds import sign_in
from tests.chaos.journal import Journal

PEOPLE = ("alice@acme.example", "charlie@globex.example")
VISITORS, PATIENCE = 6, 60.0


class Visitor(threading.Thread):
    """One person who opens page after page on one line."""

    def __init__(self, browser: Browser, pages: list[str], until: float) -> None:
        super().__init__(daemon=True)
        self.port, self.pages, self.until = browser.port, pages, until
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}
        self.taken: list[float] = []
        self.statuses: Counter[int] = Counter()

    def run(self) -> None:
        """Open one after another until the time is over."""
        link = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        for page in cycle(self.pages):
            if time.monotonic() > self.until:
                break
            began = time.perf_counter()
            self.statuses[self._open(link, page)] += 1
            self.taken.append((time.perf_counter() - began) * 1000)
        link.close()

    def _open(self, link: HTTPConnection, page: str) -> int:
        try:
            link.request("GET", page, headers=self.headers)
            answer = link.getresponse()
            answer.read()
        except (OSError, HTTPException):
            link.close()
            return 0
        return answer.status


def main(port: int, seconds: float, pages: list[str]) -> None:
    """Sign in, visit, and write down what came of it."""
    journal = Journal(datetime.now(UTC))
    browsers = [Browser(who, port, journal) for who in PEOPLE]
    for browser in browsers:
        sign_in(browser, journal)
    until = time.monotonic() + seconds
    visitors = [
        Visitor(browser, pages[at:] + pages[:at], until)
        for at, browser in enumerate(islice(cycle(browsers), VISITORS))
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    taken = [each for visitor in visitors for each in visitor.taken]
    statuses = sum((visitor.statuses for visitor in visitors), Counter[int]())
    json.dump({"taken": taken, "statuses": statuses}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:])
