# Two stages that build, one that runs. Stages are named for what they hold.
FROM node:24-bookworm-slim AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci
COPY web/ ./
RUN npm run build

FROM python:3.13-slim-bookworm AS program
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir "uv>=0.13,<0.14"
WORKDIR /app
# Libraries first: they change less often than our own code.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-default-groups --no-install-project --compile-bytecode
# OSRM's wheel is used for its programs only, so the tag for another Python does not matter.
RUN uv pip install --target /opt/osrm --python .venv/bin/python --python-version 3.12 \
    --no-deps --only-binary :all: osrm-bindings==26.10.0 \
    && chmod 755 /opt/osrm/osrm/bin/osrm-*
COPY core/ core/
COPY geodata/ geodata/
COPY tracking/ tracking/
COPY routing/ routing/
COPY api/ api/
COPY bench/ bench/
RUN uv sync --frozen --no-default-groups --compile-bytecode

FROM python:3.13-slim-bookworm AS run
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin buuta \
    && install -d -o buuta -g buuta /data
WORKDIR /app
COPY --from=program /opt/osrm /opt/osrm
COPY --from=program /app /app
COPY --from=pages /src/web/dist web/dist
ENV PATH=/app/.venv/bin:/opt/osrm/osrm/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BUUTA_DATA_DIR=/data \
    BUUTA_HOST=0.0.0.0 \
    BUUTA_LOG_FORMAT=json
USER buuta
VOLUME /data
EXPOSE 8340
STOPSIGNAL SIGTERM
CMD ["buuta", "serve"]
