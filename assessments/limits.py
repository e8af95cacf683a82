"""Every limit of the product, in one place; the documentation prints this table.

Sizes are decimal: 1 kB is 1,000 bytes, 1 MB is 1,000,000 bytes. A value equal to its limit is still accepted.
"""

from typing import Final, NamedTuple

KB: Final = 1_000  # bytes
MB: Final = 1_000_000  # bytes
GB: Final = 1_000_000_000  # bytes

# --- One upload, by what it is --------------------------------------------------------------------------------

IMAGE_BYTES: Final = 20 * MB
PDF_BYTES: Final = 20 * MB
TEXT_BYTES: Final = 5 * MB
CSV_BYTES: Final = 50 * MB
JSON_BYTES: Final = 50 * MB
ZIP_BYTES: Final = 100 * MB

IMAGE_PIXELS: Final = 40_000_000  # pixels, width times height as declared in the header
IMAGE_SIDE: Final = 12_000  # pixels
PREVIEW_SIDE: Final = 1_400  # pixels, the longer side of the rebuilt picture
PREVIEW_QUALITY: Final = 80  # JPEG quality, 1 to 95
FILE_NAME_LENGTH: Final = 150  # characters, extension included
CSV_CELL_BYTES: Final = 64 * KB
CSV_ROW_CELLS: Final = 100_000  # separators in one row, so that a small file cannot fill the memory
JSON_DEPTH: Final = 64  # levels of objects and arrays
JSON_VALUES: Final = 5_000_000  # values, so that a small file cannot fill the memory
PDF_OBJECTS: Final = 200_000  # objects
PDF_MEMORY_BYTES: Final = 1 * GB  # of the process that opens a PDF
PDF_SECONDS: Final = 10  # of processor time to open a PDF, or to draw one page; the wall clock gets twice as much
PDF_PAGES: Final = 20  # of a PDF that are drawn as pictures
PAGES_SECONDS: Final = 60  # on the clock, after which no further page of a PDF is drawn

# --- A ZIP, which must be an evidence bundle -------------------------------------------------------------------

BUNDLE_FILES: Final = 20_000  # files
BUNDLE_BYTES: Final = 500 * MB  # bytes of all files, unpacked
BUNDLE_FILE_BYTES: Final = 50 * MB  # bytes of one file, unpacked
BUNDLE_RATIO: Final = 200  # unpacked bytes for each packed byte

# --- The process that reads a text or a bundle; one file, whatever it claims to be ------------------------------

TEXT_UNBOXED_BYTES: Final = 1 * MB  # unpacked; what is smaller is read in the web process
TEXT_MEMORY_BYTES: Final = 1 * GB
TEXT_SECONDS: Final = 20  # of processor time
TEXT_WAIT_SECONDS: Final = 40  # on the clock, since others want the processor too; a request may take 60
UPLOAD_SECONDS: Final = 10  # on the clock; of several files sent at once, none is begun after that

# --- A questionnaire that was filled in as a spreadsheet ---------------------------------------------------------

SPREADSHEET_BYTES: Final = 5 * MB
SPREADSHEET_PARTS: Final = 500  # files inside the XLSX, which is a ZIP
SPREADSHEET_UNPACKED_BYTES: Final = 30 * MB  # bytes of all of them, unpacked
SPREADSHEET_ROWS: Final = 1_000  # the last row that may be used in any of its sheets
SPREADSHEET_COLUMNS: Final = 100  # the last column
SPREADSHEET_MEMORY_BYTES: Final = 1 * GB  # of the process that opens a spreadsheet
SPREADSHEET_SECONDS: Final = 10  # of processor time to open one; the wall clock gets twice as much
SPREADSHEET_CHANGES_BYTES: Final = 900 * KB  # what would be changed, packed, while a person looks at it

# --- A list of vendors that a campaign is sent to ------------------------------------------------------------------

CAMPAIGN_BYTES: Final = 200 * KB  # of the list, as a file or pasted
CAMPAIGN_ROWS: Final = 100  # vendors of one campaign, which are written in one request
CAMPAIGN_NAME_LENGTH: Final = 80  # characters

# --- A document of ours that is checked, and what it names ---------------------------------------------------------

ISSUED_PDF_BYTES: Final = 100 * MB
VERIFY_BODY_BYTES: Final = 105 * MB  # of the document and the files that are compared with it, in one request
MANIFEST_BYTES: Final = 10 * MB
VERIFY_BYTES: Final = 200 * MB  # of stored files read again for one look at the page that checks

# --- The organisation's logo in its documents ---------------------------------------------------------------------

LOGO_BYTES: Final = 2 * MB
LOGO_SIDE: Final = 4_000  # pixels, the longer side

# --- An IAM credential report ----------------------------------------------------------------------------------

CREDENTIAL_REPORT_BYTES: Final = 20 * MB  # bytes of the table itself, after decoding base64
CREDENTIAL_REPORT_ROWS: Final = 100_000  # rows

# --- An assessment and a vendor --------------------------------------------------------------------------------

ASSESSMENT_FILES: Final = 400  # files
ASSESSMENT_BYTES: Final = 2 * GB
VENDOR_ACCOUNTS: Final = 500  # AWS accounts in scope
EVALUATION_RESOURCES: Final = 2_000  # offenders kept with one criterion of one evaluation; all are counted
EVALUATION_TEXT: Final = 2_000  # characters kept of the name of a resource, and of what is said of it

# --- Documents -------------------------------------------------------------------------------------------------

REPORT_MEMORY_BYTES: Final = 1 * GB  # of address space, beyond what the worker holds
REPORT_SECONDS: Final = 200  # of processor time; less than Celery's soft limit

# --- Text typed by people --------------------------------------------------------------------------------------

NAME_LENGTH: Final = 120  # characters
VENDOR_NAME_LENGTH: Final = 120  # characters
NOTES_LENGTH: Final = 2_000  # characters
REASON_LENGTH: Final = 2_000  # characters
PLAN_LENGTH: Final = 1_000  # characters
REPORT_NOTE_LENGTH: Final = 4_000  # characters
QUERY_LENGTH: Final = 2_000  # characters
INTERNAL_NOTE_LENGTH: Final = 4_000  # characters
DECISION_CONDITIONS: Final = 10  # of one decision
CONDITION_LENGTH: Final = 500  # characters
FINDING_TITLE_LENGTH: Final = 120  # characters
FINDING_TEXT_LENGTH: Final = 4_000  # characters


class Limit(NamedTuple):
    """One row of the printed table: the constant's name, its value, the unit of the value and what it bounds."""

    name: str
    value: int
    unit: str
    meaning: str


TABLE: Final[tuple[Limit, ...]] = (
    Limit("IMAGE_BYTES", IMAGE_BYTES, "bytes", "PNG or JPEG, one file"),
    Limit("PDF_BYTES", PDF_BYTES, "bytes", "PDF, one file"),
    Limit("TEXT_BYTES", TEXT_BYTES, "bytes", "TXT, one file"),
    Limit("CSV_BYTES", CSV_BYTES, "bytes", "CSV, one file"),
    Limit("JSON_BYTES", JSON_BYTES, "bytes", "JSON, one file"),
    Limit("ZIP_BYTES", ZIP_BYTES, "bytes", "ZIP (evidence bundle), one file"),
    Limit("IMAGE_PIXELS", IMAGE_PIXELS, "pixels", "image, width times height"),
    Limit("IMAGE_SIDE", IMAGE_SIDE, "pixels", "image, longer side"),
    Limit("PREVIEW_SIDE", PREVIEW_SIDE, "pixels", "preview of an image or a page, longer side"),
    Limit("PREVIEW_QUALITY", PREVIEW_QUALITY, "JPEG quality", "preview of an image or a page"),
    Limit("FILE_NAME_LENGTH", FILE_NAME_LENGTH, "characters", "file name with its extension"),
    Limit("CSV_CELL_BYTES", CSV_CELL_BYTES, "bytes", "one cell of a CSV"),
    Limit("CSV_ROW_CELLS", CSV_ROW_CELLS, "separators", "one row of a CSV"),
    Limit("JSON_DEPTH", JSON_DEPTH, "levels", "nesting of a JSON"),
    Limit("JSON_VALUES", JSON_VALUES, "values", "values in a JSON"),
    Limit("PDF_OBJECTS", PDF_OBJECTS, "objects", "objects in a PDF"),
    Limit("PDF_MEMORY_BYTES", PDF_MEMORY_BYTES, "bytes", "memory to open one PDF, or to draw one page"),
    Limit("PDF_SECONDS", PDF_SECONDS, "seconds", "processor time to open one PDF, or to draw one page"),
    Limit("PDF_PAGES", PDF_PAGES, "pages", "pages of one PDF that are drawn"),
    Limit("PAGES_SECONDS", PAGES_SECONDS, "seconds", "time on the clock to draw them"),
    Limit("BUNDLE_FILES", BUNDLE_FILES, "files", "files in a bundle"),
    Limit("BUNDLE_BYTES", BUNDLE_BYTES, "bytes", "all files of a bundle, unpacked"),
    Limit("BUNDLE_FILE_BYTES", BUNDLE_FILE_BYTES, "bytes", "one file of a bundle, unpacked"),
    Limit("BUNDLE_RATIO", BUNDLE_RATIO, "to 1", "unpacked to packed size in a bundle"),
    Limit("TEXT_UNBOXED_BYTES", TEXT_UNBOXED_BYTES, "bytes", "text or bundle read in the web process, unpacked"),
    Limit("TEXT_MEMORY_BYTES", TEXT_MEMORY_BYTES, "bytes", "memory to read one larger text, CSV, JSON or bundle"),
    Limit("TEXT_SECONDS", TEXT_SECONDS, "seconds", "processor time to read one"),
    Limit("TEXT_WAIT_SECONDS", TEXT_WAIT_SECONDS, "seconds", "time on the clock to read one"),
    Limit("UPLOAD_SECONDS", UPLOAD_SECONDS, "seconds", "after which no further file of one request is begun"),
    Limit("SPREADSHEET_BYTES", SPREADSHEET_BYTES, "bytes", "spreadsheet (XLSX) of the questionnaire"),
    Limit("SPREADSHEET_PARTS", SPREADSHEET_PARTS, "files", "files inside a spreadsheet"),
    Limit("SPREADSHEET_UNPACKED_BYTES", SPREADSHEET_UNPACKED_BYTES, "bytes", "a spreadsheet, unpacked"),
    Limit("SPREADSHEET_ROWS", SPREADSHEET_ROWS, "rows", "one sheet of a spreadsheet"),
    Limit("SPREADSHEET_COLUMNS", SPREADSHEET_COLUMNS, "columns", "one sheet of a spreadsheet"),
    Limit("SPREADSHEET_MEMORY_BYTES", SPREADSHEET_MEMORY_BYTES, "bytes", "memory to open one spreadsheet"),
    Limit("SPREADSHEET_SECONDS", SPREADSHEET_SECONDS, "seconds", "processor time to open one spreadsheet"),
    Limit("SPREADSHEET_CHANGES_BYTES", SPREADSHEET_CHANGES_BYTES, "bytes", "changes of one spreadsheet, packed"),
    Limit("CAMPAIGN_BYTES", CAMPAIGN_BYTES, "bytes", "list of vendors (CSV) of a campaign"),
    Limit("CAMPAIGN_ROWS", CAMPAIGN_ROWS, "vendors", "one campaign"),
    Limit("CAMPAIGN_NAME_LENGTH", CAMPAIGN_NAME_LENGTH, "characters", "name of a campaign"),
    Limit("ISSUED_PDF_BYTES", ISSUED_PDF_BYTES, "bytes", "receipt or report (PDF) that is checked"),
    Limit("VERIFY_BODY_BYTES", VERIFY_BODY_BYTES, "bytes", "a receipt or report, and the files compared with it"),
    Limit("MANIFEST_BYTES", MANIFEST_BYTES, "bytes", "manifest that is checked"),
    Limit("VERIFY_BYTES", VERIFY_BYTES, "bytes", "stored files read again for one check"),
    Limit("LOGO_BYTES", LOGO_BYTES, "bytes", "logo of the organisation (PNG or JPEG)"),
    Limit("LOGO_SIDE", LOGO_SIDE, "pixels", "logo of the organisation, longer side"),
    Limit("CREDENTIAL_REPORT_BYTES", CREDENTIAL_REPORT_BYTES, "bytes", "IAM credential report, decoded"),
    Limit("CREDENTIAL_REPORT_ROWS", CREDENTIAL_REPORT_ROWS, "rows", "IAM credential report"),
    Limit("REPORT_MEMORY_BYTES", REPORT_MEMORY_BYTES, "bytes", "memory to lay out one document"),
    Limit("REPORT_SECONDS", REPORT_SECONDS, "seconds", "processor time to lay out one document"),
    Limit("ASSESSMENT_FILES", ASSESSMENT_FILES, "files", "evidence of one assessment"),
    Limit("ASSESSMENT_BYTES", ASSESSMENT_BYTES, "bytes", "evidence of one assessment"),
    Limit("VENDOR_ACCOUNTS", VENDOR_ACCOUNTS, "accounts", "AWS accounts of one vendor"),
    Limit("EVALUATION_RESOURCES", EVALUATION_RESOURCES, "resources", "offenders kept for one criterion"),
    Limit("EVALUATION_TEXT", EVALUATION_TEXT, "characters", "name of an offender, and what is said of it"),
    Limit("NAME_LENGTH", NAME_LENGTH, "characters", "name of a person"),
    Limit("VENDOR_NAME_LENGTH", VENDOR_NAME_LENGTH, "characters", "name of a vendor"),
    Limit("NOTES_LENGTH", NOTES_LENGTH, "characters", "notes of an answer"),
    Limit("REASON_LENGTH", REASON_LENGTH, "characters", "reason of an answer or an act"),
    Limit("PLAN_LENGTH", PLAN_LENGTH, "characters", "plan to fix"),
    Limit("REPORT_NOTE_LENGTH", REPORT_NOTE_LENGTH, "characters", "analyst's note for the report"),
    Limit("QUERY_LENGTH", QUERY_LENGTH, "characters", "question sent back to the vendor"),
    Limit("INTERNAL_NOTE_LENGTH", INTERNAL_NOTE_LENGTH, "characters", "internal note on a question"),
    Limit("DECISION_CONDITIONS", DECISION_CONDITIONS, "conditions", "one decision"),
    Limit("CONDITION_LENGTH", CONDITION_LENGTH, "characters", "condition of an approval"),
    Limit("FINDING_TITLE_LENGTH", FINDING_TITLE_LENGTH, "characters", "title of a finding"),
    Limit("FINDING_TEXT_LENGTH", FINDING_TEXT_LENGTH, "characters", "one part of a finding"),
)


def readable(limit: Limit) -> str:
    """The value as people read it: "20 MB", "12,000 pixels"."""
    if limit.unit == "bytes":
        for size, unit in ((GB, "GB"), (MB, "MB"), (KB, "kB")):
            if limit.value >= size:
                return f"{limit.value / size:g} {unit}"
    return f"{limit.value:,} {limit.unit}"


def as_markdown() -> str:
    """The whole table for the documentation, one row a limit."""
    rows = [f"| {limit.meaning} | {readable(limit)} | `{limit.name}` |" for limit in TABLE]
    return "\n".join(["| what | at most | constant |", "| --- | --- | --- |", *rows]) + "\n"
