"""Hand a task to the worker. The row in the database is the queue; the message only makes it quick."""

import logging
from functools import partial

from celery import Task
from django.db import transaction

log = logging.getLogger("assay.queue")


def _publish(task: Task, kwargs: dict[str, int]) -> None:
    try:
        task.apply_async(kwargs=kwargs)
    except Exception as error:  # whatever the broker raises: the periodic task publishes the row again
        log.warning("broker not reached", extra={"task": task.name, "error": type(error).__name__})


def after_commit(task: Task, **ids: int) -> None:
    """Publish once the transaction is stored. A broker that is down loses nothing and fails nothing."""
    transaction.on_commit(partial(_publish, task, ids))
