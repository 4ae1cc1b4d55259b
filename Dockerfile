# The image of every part of Wijkbeeld; the command says which part it runs.
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src

# Locks first, so that a change of our own code does not install everything again.
COPY requirements/bootstrap.lock requirements/runtime.lock requirements/
RUN python -m pip install --require-hashes -r requirements/bootstrap.lock \
    && python -m venv /opt/wijkbeeld \
    && /opt/wijkbeeld/bin/python -m pip install --require-hashes -r requirements/runtime.lock

COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY ingest ingest
COPY streams streams
COPY warehouse warehouse
COPY dashboards dashboards
COPY wijkbeeld wijkbeeld
COPY gemeenten gemeenten
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/wijkbeeld/bin/python -m pip install --no-deps --no-index /dist/*.whl

FROM python:3.11.14-slim-bookworm

RUN groupadd --gid 10001 wijkbeeld \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin wijkbeeld \
    && install -d -o wijkbeeld -g wijkbeeld -m 0700 /var/lib/wijkbeeld
COPY --from=build /opt/wijkbeeld /opt/wijkbeeld

ENV PATH=/opt/wijkbeeld/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    WIJKBEELD_DATA_DIR=/var/lib/wijkbeeld \
    WIJKBEELD_HEALTH_PORT=9464

USER wijkbeeld
WORKDIR /var/lib/wijkbeeld
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9464/readyz', timeout=2)"]
CMD ["wijkbeeld", "--help"]
