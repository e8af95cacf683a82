"""Names: what the browser says is words for people, and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.intake.names import EXTENSIONS, clean_name


@pytest.mark.parametrize(
    ("sent", "true_type", "name"),
    [
        ("report.csv", "csv", "report.csv"),
        ("Report.CSV", "csv", "Report.csv"),
        ("../../etc/passwd", "text", "passwd.txt"),
        ("C:\\Users\\rita\\Desktop\\mfa.png", "png", "mfa.png"),
        ("/x/y/", "png", "evidence.png"),
        ("..", "png", "evidence.png"),
        ("", "pdf", "evidence.pdf"),
        (".htaccess", "text", "htaccess.txt"),
        (".png", "png", "png.png"),
        ("photo.png", "jpeg", "photo.jpg"),
        ("photo.JPEG", "jpeg", "photo.jpeg"),
        ("invoice.pdf.exe", "pdf", "invoice.pdf"),
        ("shell.php", "png", "shell.png"),
        ("version 1.2", "csv", "version 1.2.csv"),
        ("a\r\nContent-Type: x\x00.png", "png", "aContent-Type_ x.png"),
        ("gnp.\u202eexe", "png", "gnp.png"),
        ("zero\u200bwidth\ufeff.txt", "text", "zerowidth.txt"),
        ('say "hi" <b>.txt', "text", "say _hi_ _b_.txt"),
        ("u\u0308ber.csv", "csv", "über.csv"),
        ("half\ud800.csv", "csv", "half_.csv"),
        ("=cmd|x.csv", "csv", "=cmd_x.csv"),
        ("日本語の証拠.json", "json", "日本語の証拠.json"),
        ("{{ 7*7 }}.txt", "text", "{{ 7_7 }}.txt"),
    ],
)
def test_names_are_cleaned(sent: str, true_type: str, name: str) -> None:
    assert clean_name(sent, true_type) == name


def test_long_names_keep_their_extension() -> None:
    assert clean_name("x" * 500 + ".png", "png") == "x" * 146 + ".png"


@given(sent=st.text(max_size=300), true_type=st.sampled_from(sorted(EXTENSIONS)))
def test_any_name_becomes_a_safe_one(sent: str, true_type: str) -> None:
    name = clean_name(sent, true_type)
    assert 5 <= len(name) <= 150
    assert name.rpartition(".")[2] in EXTENSIONS[true_type]
    assert not set(name) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in name)
    assert name[0] not in ". "
    assert clean_name(name, true_type) == name
