"""How far a database is migrated, and how to bring an empty one to where a backup was made."""

from collections.abc import Sequence

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from backup.archive import Refused

Migration = tuple[str, str]


def applied() -> list[Migration]:
    """The migrations of this database. Raises Refused unless they are exactly those of this version of the program."""
    loader = MigrationLoader(connection)
    known, there = set(loader.graph.nodes), set(loader.applied_migrations)
    if unknown := there - known:
        raise Refused(f"The database was migrated by another version of Assay: {_words(unknown)} is not known here.")
    if known - there:
        raise Refused("The database is not migrated to this version of Assay. Run manage.py migrate first.")
    return sorted(there)


class Target:
    """The state of the tables in which a backup was made. Raises Refused where this program does not know it."""

    def __init__(self, migrations: Sequence[Migration]) -> None:
        self._wanted = set(migrations)
        self._executor = MigrationExecutor(connection)
        graph = self._executor.loader.graph
        if unknown := self._wanted - set(graph.nodes):
            raise Refused(
                f"The set was made by another version of Assay: {_words(unknown)} is not known here. "
                "Restore it with the version that made it."
            )
        parents = {(parent.key, node) for node in self._wanted for parent in graph.node_map[node].parents}
        if lost := {parent for parent, _ in parents} - self._wanted:
            raise Refused(f"The list of migrations is not whole: {_words(lost)} is missing.")
        followed = {parent for parent, node in parents if parent[0] == node[0]}
        self._leaves = sorted(self._wanted - followed)
        there = set(self._executor.loader.applied_migrations)
        if there and there != self._wanted:
            raise Refused(
                "The database is migrated to another version than that of the set. Give a new, empty database: "
                "restore makes the tables itself."
            )

    def apps(self) -> Apps:
        """The models as they were then."""
        return self._executor.loader.project_state(self._leaves).apps

    def prepare(self) -> None:
        """Make the tables as they were then; nothing to do where they are there."""
        self._executor.migrate(self._leaves)


def bring_up_to_date() -> None:
    """Migrate the restored tables to this version of the program."""
    call_command("migrate", interactive=False, verbosity=0)


def _words(migrations: set[Migration]) -> str:
    return ", ".join(ascii(f"{app}.{name}") for app, name in sorted(migrations))
