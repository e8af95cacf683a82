#!/bin/sh
# The migrate container: bring the database to this version of Assay, then end. Safe to run again.
set -eu
cd "$(dirname "$0")/.."
python manage.py migrate --noinput
python manage.py createcachetable
python manage.py seed_playbook
python docker/apply_grants.py
