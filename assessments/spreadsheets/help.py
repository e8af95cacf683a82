"""The help sheet, in plain words."""

from typing import Final

from assessments.limits import NOTES_LENGTH, PLAN_LENGTH, REASON_LENGTH

HELP_LINES: Final = (
    (
        "How this works",
        "Fill in the white cells of the sheet “Questions”, save the file as an Excel workbook (.xlsx), and "
        "upload it on the page where you downloaded it. You then see what would change, and nothing is stored"
        " before you confirm it.",
    ),
    (
        "No hurry",
        "Fill in as much as you like and come back. What you leave as it is stays as it is. You can download "
        "and upload as often as you want.",
    ),
    (
        "Kind of answer",
        "Choose “Statement” and then the statement that describes you. Choose “None of these fits” where no "
        "statement is right, or “Not applicable” where the list offers it, and say why in the column "
        "“Reason”. “I do not know yet” keeps the question open.",
    ),
    (
        "Statement",
        "Choose it from the list of the cell. All statements can be read on the sheet “Statements”. Where "
        "several may hold, choose one in each of the columns “Statement”, “Statement 2” and so on; grey cells"
        " stay empty.",
    ),
    (
        "Reason",
        "Only with “None of these fits” and “Not applicable”: what is the case instead, or why the question "
        f"does not apply to you. At most {REASON_LENGTH:,} characters.",
    ),
    (
        "Notes",
        "Anything that helps to understand the answer: accounts or resources that are different, changes "
        f"already planned. At most {NOTES_LENGTH:,} characters.",
    ),
    (
        "Plan to fix, by when",
        "What you will do where a statement describes something still to be mended, in at most "
        f"{PLAN_LENGTH:,} characters, and the day, for example 2027-01-31. Where the statement needs no plan "
        "you are told so.",
    ),
    (
        "Completed",
        "“Yes” says that you are done with this question. It needs evidence, or notes that say why there is "
        "none. Files are added on the pages of the questions, not here: pictures in this file are not taken.",
    ),
    (
        "Grey rows",
        "They can only be read now.",
    ),
    (
        "Please do not",
        "Do not delete, merge or rename columns, and do not use formulas: type the text itself. The hidden "
        "last column says which row is which question. Rows may be left out and sorted as a whole.",
    ),
    (
        "Colleagues",
        "If somebody changes an answer on the website while you work here, you get to see both texts. Nothing"
        " is overwritten unseen.",
    ),
)
