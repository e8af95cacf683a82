"""Who may import whom, read from the syntax tree: rooms (applications) and layers inside a room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "users", "collector", "playbook", "vendors", "assessments", "audit", "outbox", "backup")

# What each room may import of the others. Nothing imports config: settings are read through django.conf.
MAY_IMPORT = {
    "audit": set(),
    "backup": {"audit"},
    "outbox": set(),
    "users": {"audit", "outbox"},
    "collector": {"users"},
    "playbook": {"users", "audit", "outbox"},
    "vendors": {"users", "audit", "outbox"},
    "assessments": {"vendors", "playbook", "users", "audit", "outbox"},
    "config": {"assessments", "vendors", "playbook", "collector", "users", "audit", "outbox"},
}
# One way of asking whether a script or a person wants the answer; it knows nothing of the rooms.
SHARED = {"config.middleware.wants_json"}

# Modules that run anywhere: plain values in, plain values out.
PURE = (
    "assessments/evaluators",
    "assessments/agreement.py",
    "assessments/kappa.py",
    "assessments/sampling.py",
    "assessments/scoring.py",
    "assessments/spreadsheets",
    "assessments/states.py",
    "assessments/policy.py",
    "assessments/limits.py",
    "assessments/marking.py",
    "assessments/reports/brand.py",
    "assessments/reports/export",
    "assessments/reports/plain.py",
    "assessments/reports/portfolio_snapshot.py",
    "assessments/reports/report_manifest.py",
    "assessments/reports/snapshot.py",
    "backup/archive.py",
    "playbook/schema.py",
    "playbook/translations.py",
    "playbook/mappings.py",
    "playbook/mapping_tables.py",
    "playbook/markdown.py",
    "playbook/oscal.py",
)
FRAMEWORKS = {"django", "celery", "weasyprint"}

# Layers of one room, lowest first; a module imports its own layer and those below. What is not named here is free.
LAYERS = (
    {
        "agreement",
        "kappa",
        "sampling",
        "scoring",
        "spreadsheets",
        "states",
        "policy",
        "limits",
        "marking",
        "evaluators",
        "schema",
        "mappings",
        "mapping_tables",
        "markdown",
        "oscal",
    },
    {"models", "querysets"},
    {"queries", "intake", "access"},
    {"actions", "tasks", "loading"},
    {"forms", "views", "urls"},
)
# Imports inside a function are for leaves: tasks, and applications that are not ready while they are imported.
MAY_IMPORT_LATE = {"tasks.py", "apps.py", "manage.py"}


def modules(room: str = "") -> list[Path]:
    """Python files of one room, or of the whole product; migrations are written by Django."""
    rooms = (room,) if room else ROOMS
    return sorted(path for each in rooms for path in (ROOT / each).rglob("*.py") if "migrations" not in path.parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a file imports, also inside functions."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join((*base, *filter(None, [node.module])))
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def layer_of(parts: tuple[str, ...]) -> int | None:
    """The layer of a module inside its room, or None where its name says nothing."""
    for part in parts:
        for number, names in enumerate(LAYERS):
            if part.removesuffix(".py") in names:
                return number
    return None


def test_every_room_has_its_rule() -> None:
    """An application without a rule would be allowed everything."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"}
    assert found == set(ROOMS) == set(MAY_IMPORT)


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_one_way(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(room)
        for line, name in imports(path)
        if name.split(".")[0] in set(ROOMS) - MAY_IMPORT[room] - {room} and name not in SHARED
    ]
    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_layers_import_downwards(room: str) -> None:
    wrong = []
    for path in modules(room):
        own = layer_of(path.relative_to(ROOT / room).parts)
        for line, name in imports(path):
            first, *rest = name.split(".")
            other = layer_of(tuple(rest[:1])) if first == room else None
            if own is not None and other is not None and other > own:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name} from a higher layer")
    assert wrong == []


def file_of(name: str) -> Path | None:
    """The file of ours that holds the module, or the module's object, with this dotted name."""
    parts = name.split(".")
    for length in (len(parts), len(parts) - 1):
        base = ROOT.joinpath(*parts[:length])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if length and path.is_file():
                return path
    return None


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_know_no_framework(place: str) -> None:
    """Neither they nor anything of ours that they import knows Django, Celery or WeasyPrint."""
    path = ROOT / place
    waiting = [path] if path.suffix else sorted(path.rglob("*.py"))
    assert waiting, f"{place} is empty"
    seen: set[Path] = set()
    wrong = []
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        for line, name in imports(file):
            if name.split(".")[0] in FRAMEWORKS:
                wrong.append(f"{file.relative_to(ROOT)}:{line} imports {name}")
            elif name.split(".")[0] in ROOMS and (other := file_of(name)):
                waiting.append(other)
    assert wrong == []


def test_imports_inside_functions_are_for_leaves() -> None:
    """Elsewhere one needs a noqa with its reason, so that a reader learns why."""
    wrong = []
    for path in modules():
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and path.name not in MAY_IMPORT_LATE:
                    if "noqa: PLC0415 -- " not in lines[node.lineno - 1]:
                        wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_views_write_and_query_nothing() -> None:
    """Views call queries and actions; they neither save, nor filter, nor touch a state."""
    forbidden = {
        "save",
        "delete",
        "create",
        "update",
        "filter",
        "exclude",
        "bulk_create",
        "get_or_create",
        "raw",
        "extra",
    }
    wrong = []
    for path in modules():
        if "views" not in {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}:
            continue
        ours = {name.rsplit(".", 1)[-1] for _, name in imports(path) if file_of(name)}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in forbidden
            ):
                continue
            # A call on a module of actions is the way it should be: vendors.create(...), actions.vendors.create(...).
            owner = ast.unparse(node.func.value)
            if owner.islower() and owner.split(".")[0] in ours and "objects" not in owner:
                continue
            wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {owner}.{node.func.attr}()")
    assert wrong == []


def test_only_the_workflow_writes_the_state_of_an_assessment() -> None:
    wrong = []
    for path in modules("assessments"):
        if path.relative_to(ROOT).as_posix() == "assessments/actions/workflow.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if (
                    isinstance(target, ast.Attribute)
                    and target.attr == "state"
                    and "assessment" in ast.unparse(target.value)
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} assigns {ast.unparse(target)}")
    assert wrong == []
