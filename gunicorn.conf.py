"""The web server, alike in the container and under `make run`; gunicorn reads this by itself."""

import gc
import os
from pathlib import Path

wsgi_app = "reseller_portal.wsgi"
# Only a proxy on this machine reaches it, unless BIND says otherwise (as it does in the image).
bind = os.environ.get("BIND") or "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
threads = 4
preload_app = True

timeout = 60
graceful_timeout = 20
keepalive = 5
limit_request_line = 8190
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# The application writes the access log, with the route's name where the path may hold a code.
accesslog = None
loglevel = "warning"
logger_class = "reseller_portal.weblog.Logger"
control_socket_disable = True


def when_ready(_server: object) -> None:
    """Load every page's code before the workers fork, so that no visitor waits for it.

    The collector of garbage then never looks through that again, which no request leaves behind.
    """
    from django.urls import get_resolver

    get_resolver().check()
    gc.collect()
    gc.freeze()
