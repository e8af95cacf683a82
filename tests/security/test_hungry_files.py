"""Small files that would fill the memory of whoever reads them."""

import io

import pytest

from assessments import intake
from assessments.intake import Refused
from assessments.limits import CSV_ROW_CELLS

WORDS = "A row of the CSV has more than 100,000 cells. Export the table again."


@pytest.mark.parametrize(
    "row", [b"," * (CSV_ROW_CELLS + 1), b'"a\n",' * (CSV_ROW_CELLS + 1)], ids=["on one line", "over many lines"]
)
def test_a_row_of_too_many_cells_is_refused(row: bytes) -> None:
    with pytest.raises(Refused) as refused:
        intake.examine(io.BytesIO(b"a,b,c\n1,2,3\n" + row + b"\n"), "table.csv")
    assert str(refused.value) == WORDS


def test_as_many_as_are_allowed_are_taken_in_every_row() -> None:
    table = b"a,b,c\n" + (b"," * CSV_ROW_CELLS + b"\n") * 2
    assert intake.examine(io.BytesIO(table), "table.csv").kind == "csv"
