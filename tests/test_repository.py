"""What must be true of the files of this repository, whatever they hold."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.test_layering import ROOT

NOT_OURS = {".git", ".venv", "var", "staticfiles", "__pycache__", "node_modules"}
TEXT = {".py", ".md", ".html", ".js", ".css", ".txt", ".toml", ".yml", ".yaml", ".json", ".svg", ".sh", ".csv", ""}


def files(*suffixes: str) -> list[Path]:
    """Files of the repository with one of these suffixes, or all text files; caches and data are none of it."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not any(part in NOT_OURS or part.endswith("_cache") for part in parts):
            if path.suffix in (suffixes or TEXT) and ".hypothesis" not in parts:
                found.append(path)
    return found


def hits(pattern: str, paths: list[Path]) -> list[str]:
    """file:line of everything that matches."""
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if wanted.search(line)
    ]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    """Words of a person's own folders, and the temporary folder."""
    assert hits(r"(?<![\w.:/-])/(?:work|root|home|Users|opt)/\w", files()) == []


def test_no_file_names_a_package_index() -> None:
    """The hashes say what is installed; where it is fetched from is the machine's business."""
    # Taken apart, so that this file does not name one either.
    hosts = ("pypi", "org"), ("files.pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("proxy.golang", "org")
    assert hits("|".join(re.escape(".".join(host)) for host in hosts), files()) == []
    assert hits(r"^\s*(--(extra-)?index-url|--find-links|--trusted-host|-i |-f )", files(".txt")) == []


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-s3.txt", "requirements-sign.txt", "requirements-dev.txt"]
)
def test_every_requirement_is_pinned_with_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert [line for line in lines if not re.match(r"^[\w.\[\],-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []
    assert len(lines) > 30


def test_every_dependency_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("dependencies = [") : text.index("[build-system]")]
    entries = [line for line in block.splitlines() if line.lstrip().startswith('"')]
    assert [line for line in entries if not re.search(r'",\s+# \w', line)] == []


def test_templates_hold_no_inline_script_or_style() -> None:
    """The policy of every page forbids them, so they would only seem to work."""
    pages = files(".html")
    names = r"click|change|input|submit|load|error|focus|blur|key\w+|mouse\w+|pointer\w+|toggle|paste|drag\w*|drop"
    events = rf"\son(?:{names})\s*="
    assert hits(events, pages) == []
    assert hits(r"\sstyle\s*=|<style\b", [page for page in pages if "reports" not in page.parts]) == []
    assert hits(r"<script(?![^>]*(?:\bsrc=|type=\"application/json\"))", pages) == []
    assert hits(r"hx-on|hx-vals\s*=\s*['\"]?\s*js:|javascript:|hx-trigger=\"[^\"]*\[", pages) == []


def test_templates_mark_nothing_as_safe() -> None:
    assert hits(r"\|\s*safe\b|autoescape off", files(".html")) == []
    assert hits(r"\bmark_safe\b|SafeString\b", [path for path in files(".py") if "tests" not in path.parts]) == []


def test_nothing_is_loaded_from_elsewhere() -> None:
    """No CDN: every script, style sheet, font and picture comes from this site."""
    assert hits(r"(?:src|srcset)=[\"']?(?:https?:)?//", files(".html")) == []
    assert hits(r"<link[^>]+href=[\"']?(?:https?:)?//", files(".html")) == []
    assert hits(r"@import|url\(\s*[\"']?(?:https?:)?//", files(".css")) == []


def test_no_secret_is_committed() -> None:
    """AWS access keys other than the ones of AWS's own documentation, private keys and the like."""
    found = hits(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", files())
    assert [line for line in found if "EXAMPLE" not in line] == []
    assert hits("BEGIN (?:RSA |EC |OPENSSH )?PRIVATE " + "KEY", files()) == []


def test_scripts_are_executable_and_parse() -> None:
    for name in ("bin/start", "bin/test", "bin/lock", ".ci/run"):
        path = ROOT / name
        assert path.stat().st_mode & 0o111, name
        assert subprocess.run(["sh", "-n", path]).returncode == 0, name


def commands_in(name: str) -> set[str]:
    """First words of the commands in the code blocks of a page."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return {re.sub(r"^(?:[A-Z_]+=\S* )+", "", line) for line in lines if line and not line.startswith("#")}


PAGES = ["README.md", "CONTRIBUTING.md", "docs/operations.md"]


@pytest.mark.parametrize("page", PAGES)
def test_commands_of_the_pages_exist(page: str) -> None:
    missing = []
    for command in commands_in(page):
        words = command.split()
        if words[0].startswith(("bin/", ".ci/")) and not (ROOT / words[0]).is_file():
            missing.append(command)
        if "manage.py" in command:
            name = words[[i for i, word in enumerate(words) if word.endswith("manage.py")][0] + 1]
            ours = list(ROOT.glob(f"*/management/commands/{name}.py"))
            if not ours and name not in {"migrate", "check", "createcachetable", "collectstatic"}:
                missing.append(command)
    assert missing == []


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in files(".md")))
def test_links_of_the_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    local = [target for target in targets if target and not target.startswith(("http://", "https://", "mailto:"))]
    assert [target for target in local if not ((ROOT / page).parent / target).exists()] == []


def test_licence_and_notice() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for words in (
        "RiskRecon AWS Assessment Playbook",
        "CC BY-SA 4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
    ):
        assert words in notice


def test_compose_file() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "backup", "postgres", "redis"}
    ours = {name: services[name] for name in ("migrate", "web", "worker", "beat", "backup")}
    assert {service["image"] for service in ours.values()} == {"assay:${ASSAY_VERSION:-latest}"}
    for name, service in ours.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["restart"] == "unless-stopped"
    for name in ("web", "worker", "postgres", "redis"):
        assert "healthcheck" in services[name], name
    assert "ports" not in services["postgres"]
    assert "ports" not in services["redis"]
    assert services["redis"]["command"][-2:] == ["--maxmemory-policy", "noeviction"]
    assert services["beat"].get("deploy", {}).get("replicas", 1) == 1


def test_compose_file_holds_no_secret() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|_URL", key) and not key.endswith("_FILE"):
                assert "${" in str(value) or "@" not in str(value), f"{name}: {key}"
    assert set(compose["secrets"]) >= {"secret_key", "database_url", "migrate_database_url", "email_url"}


def test_image_runs_as_an_ordinary_user_from_the_lock_file() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)", lines, re.MULTILINE) == ["python:3.11-slim-bookworm"]
    assert "--require-hashes" in lines
    assert re.findall(r"^USER (\S+)", lines, re.MULTILINE)[-1] == "assay"
    assert "collectstatic" in lines
    wanted = re.search(r'^REPORT_PACKAGES="([^"]+)"', (ROOT / "bin" / "common.sh").read_text(), re.MULTILINE)
    assert [package for package in wanted.group(1).split() if package not in lines] == []


def test_build_context_leaves_out_data_and_secrets() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".venv", "var", "secrets", "backups", ".env"} <= set(ignored)
