# One image for web, worker, beat and migrate; docker-compose.yml says what each of them runs.

FROM node:24-bookworm-slim AS npm
WORKDIR /npm
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin titian \
    && install -d -o titian -g titian -m 0700 /var/lib/titian/files
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    DJANGO_SETTINGS_MODULE=config.settings TITIAN_ENV=production
WORKDIR /titian
COPY --from=npm /npm/node_modules node_modules
COPY . .
# The values serve these two commands only and are not kept in the image.
RUN TITIAN_BASE_URL=https://build.invalid TITIAN_FILES_DIR=/tmp SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DATABASE_URL=postgresql://build.invalid/titian REDIS_URL=redis://build.invalid \
    sh -ec 'python manage.py compile_po && python manage.py collectstatic --no-input'
USER titian
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--max-requests", "2000", "--max-requests-jitter", "200", "--no-control-socket"]
