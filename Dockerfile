# One image for web, worker, scheduler and migrate; docker-compose.yml gives each its command.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements/bootstrap.txt requirements/runtime.txt ./
RUN pip install --no-cache-dir --require-hashes -r bootstrap.txt \
    && python -m venv --without-pip /opt/venv \
    && VIRTUAL_ENV=/opt/venv uv pip sync --no-cache --require-hashes --compile-bytecode runtime.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home portal \
    && install -d -o portal -g portal /var/lib/portal /var/lib/portal/exports
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_STATE=/var/lib/portal \
    STATIC_ROOT=/srv/static
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/portal
COPY . .
# DEMO demands no secrets, and these two steps touch neither database nor broker.
RUN python -m compileall -q . \
    && DEMO=true SECRET_KEY=only-for-this-step python manage.py collectstatic --noinput -v0
USER portal
EXPOSE 8000
ENV BIND=0.0.0.0:8000
CMD ["gunicorn"]
