# One image for web server, worker, schedule and migration; docker-compose.yml says which of them a container is.
FROM python:3.11-slim-bookworm

# What WeasyPrint loads to lay out the report, the fonts the report is set in, and what draws the pages of PDFs. The same
# as in bin/common.sh.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-inter fonts-dejavu-core fonts-noto-core \
        poppler-utils \
    && fc-cache -f && rm -rf /var/lib/apt/lists/*

# Files of the image belong to root and the process does not, so it cannot change its own code.
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin assay \
    && install -d -o assay -g assay -m 700 /data

WORKDIR /app
COPY requirements.txt requirements-s3.txt requirements-sign.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r requirements-s3.txt -r requirements-sign.txt
COPY . .

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    STATIC_ROOT=/app/staticfiles \
    DATA_DIR=/data

# Static files are part of the image. These values pass the checks of production, are used here only and kept nowhere.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    DATABASE_URL=postgres://build@build/build CELERY_BROKER_URL=redis://build:6379/0 EMAIL_URL=smtps://build:465 \
    ALLOWED_HOSTS=build.example SITE_URL=https://build.example \
    python manage.py collectstatic --noinput --verbosity 0

USER assay
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "sync", "--workers", "4", \
     "--timeout", "60", "--graceful-timeout", "30", "--max-requests", "5000", "--max-requests-jitter", "500", \
     "--worker-tmp-dir", "/dev/shm"]
