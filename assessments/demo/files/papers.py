"""Documents: plans and policies as PDF, statements as plain text."""

from datetime import date, timedelta
from html import escape

from weasyprint import HTML

_STYLE = """
@page { size: A4; margin: 24mm 22mm; @bottom-left { content: string(foot); font-size: 8pt; color: #666 }
        @bottom-right { content: "Page " counter(page) " of " counter(pages); font-size: 8pt; color: #666 } }
body { font-family: "Liberation Serif", "DejaVu Serif", serif; font-size: 10.5pt; line-height: 1.4 }
h1 { font-size: 20pt; margin: 0 0 2mm } h2 { font-size: 13pt; margin: 7mm 0 2mm }
.foot { string-set: foot content(); height: 0; overflow: hidden }
table { border-collapse: collapse; width: 100%; margin: 3mm 0 } th, td { border: 0.5pt solid #999; padding: 1.5mm 2mm;
text-align: left; vertical-align: top; font-size: 9.5pt } th { background: #eee } .new { break-before: page }
"""


def day_words(day: date) -> str:
    """20 November 2026."""
    return f"{day:%-d %B %Y}"


def _table(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _list(items: tuple[str, ...]) -> str:
    return "<ol>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ol>"


def _pdf(title: str, foot: str, parts: tuple[str, ...]) -> bytes:
    body = f"<h1>{escape(title)}</h1><div class='foot'>{escape(foot)}</div>" + "".join(parts)
    return HTML(
        string=f"<html lang='en'><title>{escape(title)}</title><style>{_STYLE}</style>{body}</html>"
    ).write_pdf()


_STOLEN_KEY = (
    "Page the platform on-call and open an incident in the tracker.",
    "Attach the policy hlv-deny-all to the principal; do not delete the key, so that its id stays in the logs.",
    "Export the CloudTrail events of the key for the last 90 days from the logging account.",
    "List what the principal created since the first suspicious call, in all regions.",
    "Rotate every secret the principal could read, then deactivate the key.",
)
_BROKEN_SERVER = (
    "Take the instance out of its target group and give it the security group isolate-all.",
    "Make snapshots of all volumes and share them with halvorsen-logs (555555555555).",
    "Keep the memory where the agent is running; otherwise note that it is lost.",
    "Replace the instance from the pipeline. Nothing is repaired in place.",
)
_OPEN_BUCKET = (
    "Turn on Block Public Access for the account, whatever it breaks.",
    "Find out from the data events who read what, and since when.",
    "Tell the privacy officer within the hour if card or personal data may be concerned.",
)


def halvorsen_incident_plan(day: date) -> bytes:
    """Two pages: the AWS plan of Halvorsen. It says that no exercise has been held."""
    facts = (
        ("Version", "3"),
        ("Owner", "Rita Raman, security lead"),
        ("Approved", day_words(day)),
        ("Exercise", "None held yet for this version"),
    )
    parts = (
        _table(("Item", ""), facts),
        "<h2>1. When this plan is used</h2><p>For every event in one of our six AWS accounts that may touch the "
        "secrecy, integrity or availability of settlement data. The general incident plan stays in force beside it; "
        "where the two differ, the shorter way to containment wins.</p>",
        "<h2>2. Who does what</h2>",
        _table(
            ("Role", "Held by", "May decide"),
            (
                ("Incident lead", "Platform on-call", "Isolation of any resource"),
                ("AWS administrator", "Holder of hlv-emergency", "Use of the emergency role, two persons"),
                ("Communication", "Head of operations", "Messages to merchants and to Alder Mutual"),
            ),
        ),
        "<h2>3. Playbook A: a stolen access key</h2>" + _list(_STOLEN_KEY),
        "<h2 class='new'>4. Playbook B: a server that was broken into</h2>" + _list(_BROKEN_SERVER),
        "<h2>5. Playbook C: a bucket that is open</h2>" + _list(_OPEN_BUCKET),
        "<h2>6. Playbook D: root is used</h2><p>Any root sign-in raises an alarm through EventBridge. Without a ticket "
        "that was opened before, it is treated as playbook A with the highest urgency.</p>",
        "<h2>7. After the incident</h2><p>Within ten working days the incident lead writes what happened, what was "
        "slow and what is changed. Open points are kept on the board of the platform team.</p>",
    )
    return _pdf("AWS incident response plan", "Halvorsen Payments. Internal.", parts)


def halvorsen_patch_schedule(day: date) -> bytes:
    """One page: who is patched how, with the four servers that are done by hand."""
    rows = (
        ("settlement-app, portal, api", "37", "Systems Manager, baseline hlv-linux", "Weekly, Tuesday 02:00 UTC"),
        ("bastion-less jump tooling", "4", "Systems Manager, baseline hlv-linux", "Weekly, Wednesday 02:00 UTC"),
        ("batch-01 to batch-04", "4", "By hand, with the scheduler's vendor on call", "Quarterly"),
    )
    rounds = (
        (day_words(day - timedelta(days=12)), "batch-01, batch-02", "T. Lind"),
        (day_words(day - timedelta(days=11)), "batch-03, batch-04", "T. Lind"),
        (day_words(day - timedelta(days=104)), "batch-01 to batch-04", "K. Osei"),
    )
    parts = (
        f"<p>Valid from {day_words(day)}. Owner: Tomas Lind, platform engineering.</p><h2>Groups</h2>",
        _table(("Servers", "Number", "How", "When"), rows),
        "<h2>Limits</h2><p>Critical updates within 7 days, all others within 30 days. For the batch servers the limit "
        "is the next quarterly round, unless the security lead asks for an earlier one.</p>"
        "<h2>Last rounds by hand</h2>",
        _table(("Day", "Servers", "By"), rounds),
    )
    return _pdf("Patch schedule", "Halvorsen Payments, platform engineering", parts)


def orchard_backup_policy(day: date) -> bytes:
    """One page: nightly exports to another provider."""
    rows = (
        ("payrun-db", "Encrypted dump each night, 01:30", "Northlight Storage, Oslo", "30 days, object lock"),
        ("orchard-payslips", "Sync each night, 02:15", "Northlight Storage, Oslo", "30 days, object lock"),
        ("Configuration of the servers", "Weekly", "Northlight Storage, Oslo", "90 days"),
    )
    parts = (
        f"<p>Version 1.4 of {day_words(day)}. Owner: Sam Whitlock.</p><h2>What is kept, and where</h2>",
        _table(("What", "How", "Where to", "Kept for"), rows),
        "<h2>Who can delete</h2><p>Nobody, before the lock ends. The credentials used for the upload can write new "
        "objects and nothing else; they are not stored in AWS Secrets Manager but in the safe of the office.</p>"
        "<h2>Restore tests</h2><p>Each quarter one dump, chosen by lot, is restored on a laptop and compared by row "
        "counts. The result is noted in the wiki under “Restore tests”.</p>",
    )
    return _pdf("Backup policy", "Orchard Payroll", parts)


def quill_incident_plan(day: date) -> bytes:
    """Two pages: the plan, and the record of the exercise."""
    steps = (
        "The person on call opens #inc-aws and calls the lead.",
        "Cut off: disable the permission set in Identity Center, or deny the role by policy. Terminate no task yet.",
        "Look: query the organisation trail in quill-log-archive with the saved query inc-01.",
        "Keep: copy task logs and the database snapshot to quill-log-archive.",
        "Repair: redeploy the stack with Pulumi from the last release; its secrets are rotated by the same job.",
        "Tell: customers with parcels in the period, within 24 hours, by the template in the wiki.",
    )
    record = (
        ("Scenario", "The key of a build job appears in a public repository"),
        ("Taking part", "Noor Haddad, two engineers, head of operations"),
        ("Time to cut off", "26 minutes, of which 14 were spent looking for the right permission set"),
        ("Changed", "Names of permission sets now stand in the plan; the saved query covers all regions"),
    )
    parts = (
        f"<p>Owner: Noor Haddad. Last revision {day_words(day)}.</p><h2>Steps</h2>" + _list(steps),
        "<h2>Where the accounts are</h2>",
        _table(
            ("Account", "Id", "Emergency access"),
            (
                ("quill-prod", "333333333333", "org-breakglass, two persons"),
                ("quill-staging", "444444444444", "org-breakglass"),
                ("quill-log-archive", "111111111111", "Read only, no emergency role"),
                ("quill-management", "888888888888", "Hardware key in the safe"),
            ),
        ),
        f"<h2 class='new'>Record of the exercise of {day_words(day - timedelta(days=4))}</h2>",
        _table(("Item", ""), record),
    )
    return _pdf("Incident response in AWS", "Quill Logistics", parts)


def halvorsen_account_summaries(day: date) -> bytes:
    """Plain text: get-account-summary of the three accounts without a credential report."""
    parts = [f"Account summaries, {day_words(day)}, taken by rita.raman with the role SecurityAudit", ""]
    for name, number in (
        ("halvorsen-logs", "555555555555"),
        ("payments-backup", "777788889999"),
        ("halvorsen-mgmt", "999999999999"),
    ):
        parts += [
            f"$ aws iam get-account-summary --profile {name}   # {number}",
            '    "Users": 0,',
            '    "AccountMFAEnabled": 1,',
            '    "AccountAccessKeysPresent": 0,',
            '    "AccountSigningCertificatesPresent": 0',
            "",
        ]
    return "\n".join(parts).encode()


def halvorsen_access(day: date) -> bytes:
    """Plain text: how an engineer gets to a server."""
    return "\n".join(
        [
            "How we reach servers and databases",
            f"Platform engineering, {day_words(day)}",
            "",
            "1. Sign in to the portal with Entra ID (phishing-resistant key required).",
            "2. Choose payments-prod, permission set Operations. It lasts one hour.",
            "3. aws ssm start-session --target <instance>. No server has port 22 open, and none has a key pair.",
            "4. Databases: a port forwarding session to the database endpoint through the same agent.",
            "5. Everything typed is recorded to hlv-session-logs in halvorsen-logs (555555555555), kept for 400 days.",
            "",
            "Exceptions: none. Before batch-01 to batch-04 moved to Session Manager they were reached through",
            "a bastion; that host was deleted.",
            "",
        ]
    ).encode()
