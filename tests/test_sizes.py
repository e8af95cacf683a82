"""Files one can read and functions one can see at once."""

import ast
from pathlib import Path

from tests.test_layering import ROOT, modules

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_THE_BASE_TEMPLATE = 80


def product_python() -> list[Path]:
    return [*modules(), *sorted((ROOT / "bin").glob("*.py")), ROOT / "manage.py"]


def test_files_stay_readable() -> None:
    files = [*product_python(), *sorted((ROOT / "static").rglob("*.js"))]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE} == {}


def test_functions_fit_a_screen() -> None:
    long = {}
    for path in product_python():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_the_base_template_is_a_frame_and_no_program() -> None:
    lines = (ROOT / "templates" / "base.html").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES_OF_THE_BASE_TEMPLATE
