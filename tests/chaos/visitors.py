"""A process that asks for pages as several people do, and says how long each took.

It reads one JSON object: the port, the seconds, the pages, and the cookies of each person who is
signed in. It writes one: the milliseconds of every answer, and how many there were of each status
(0: the line broke).
"""

import json
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice

VISITORS, PATIENCE = 6, 60.0


class Visitor(threading.Thread):
    """One person who opens page after page on one line."""

    def __init__(self, port: int, cookies: str, pages: list[str], until: float) -> None:
        super().__init__(daemon=True)
        self.port, self.pages, self.until = port, pages, until
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


def main(port: int, seconds: float, pages: list[str], people: list[str]) -> None:
    """Visit, and write down what came of it."""
    until = time.monotonic() + seconds
    visitors = [
        Visitor(port, cookies, pages[at:] + pages[:at], until)
        for at, cookies in enumerate(islice(cycle(people), VISITORS))
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    taken = [each for visitor in visitors for each in visitor.taken]
    statuses = sum((visitor.statuses for visitor in visitors), Counter[int]())
    json.dump({"taken": taken, "statuses": statuses}, sys.stdout)


if __name__ == "__main__":
    main(**json.load(sys.stdin))
