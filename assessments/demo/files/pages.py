"""The captured console pages of the demo's vendors."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from assessments.demo.files.canvas import Canvas, Page
from assessments.demo.files.outputs import ident

IRELAND, FRANKFURT, GLOBAL = "eu-west-1", "eu-central-1", "us-east-1"
_REGIONS: Final = {IRELAND: "Europe (Ireland)", FRANKFURT: "Europe (Frankfurt)", GLOBAL: "Global"}


class _Place(NamedTuple):
    """One page of the console: its service, the entries beside it, which of them it is, and its address."""

    service: str
    menu: tuple[str, ...]
    active: str
    title: str
    path: str


_IAM = ("Dashboard", "User groups", "Users", "Roles", "Policies", "Identity providers", "Account settings")
_ORG = ("AWS accounts", "Services", "Policies", "Settings", "Get started")
_S3 = ("Buckets", "Access Points", "Batch Operations", "Storage Lens", "Block Public Access settings")
_GUARD = ("Summary", "Findings", "Usage", "Malware scans", "Accounts", "Settings")
_CONFIG = ("Dashboard", "Conformance packs", "Rules", "Resources", "Aggregators", "Settings")
_EC2 = ("Instances", "Volumes", "Snapshots", "Security Groups", "Elastic IPs", "Load Balancers", "Network Interfaces")
_SSO = ("Dashboard", "Users", "Groups", "Settings", "AWS accounts", "Permission sets", "Applications")
_SSM = ("Fleet Manager", "Session Manager", "Patch Manager", "Parameter Store", "Compliance", "Inventory")
_PLACES: Final = {
    "accounts": _Place("AWS Organizations", _ORG, "AWS accounts", "AWS accounts", "organizations/v2/home/accounts"),
    "policies": _Place(
        "AWS Organizations", _ORG, "Policies", "Service control policies", "organizations/v2/home/policies"
    ),
    "users": _Place("IAM", _IAM, "Users", "Users", "iam/home#/users"),
    "s3": _Place("Amazon S3", _S3, _S3[-1], "Block Public Access settings for this account", "s3/settings"),
    "guardduty": _Place("GuardDuty", _GUARD, "Accounts", "Accounts", "guardduty/home#/linked-accounts"),
    "config": _Place("AWS Config", _CONFIG, "Settings", "Settings", "config/home#/settings"),
    "groups": _Place("EC2", _EC2, "Security Groups", "Security Groups", "ec2/home#SecurityGroups:"),
    "identity": _Place("IAM Identity Center", _SSO, "Settings", "Settings", "singlesignon/home#/instances/settings"),
    "patching": _Place("Systems Manager", _SSM, "Patch Manager", "Patch Manager", "systems-manager/patch-manager"),
}


def _page(place: str, region: str, account: str, owner: str, day: date, clock: str) -> Page:
    """The page of this name in one account, as `owner` saw it on `day` at `clock`."""
    service, menu, active, title, path = _PLACES[place]
    address = f"{region}.console.aws.amazon.com/{path}"
    return Page(service, menu, active, title, address, account, owner, _REGIONS[region], day, clock)


def _organizations(
    day: date, management: str, owner: str, accounts: Sequence[tuple[str, str, str, int]], organization: str
) -> bytes:
    page = _page("accounts", GLOBAL, management, owner, day, "10:07")
    canvas = Canvas(page)
    canvas.facts(
        "Organization", [("Organization ID", organization), ("Feature set", "All features"), ("Root", "r-exmp")]
    )
    rows = [
        (name, number, email, "+Active", f"Created {day - timedelta(days=ago):%Y/%m/%d}")
        for number, name, email, ago in accounts
    ]
    columns = (("Account name", 330), ("Account ID", 240), ("Email", 470), ("Status", 180), ("Joined", 280))
    canvas.table("Organizational structure", columns, rows, "Root, all member accounts", "Add an AWS account|Actions")
    return canvas.png()


HALVORSEN_ACCOUNTS = (
    ("999999999999", "halvorsen-mgmt", "aws-mgmt@halvorsen.example", 2220),
    ("111122223333", "payments-prod", "aws-payments-prod@halvorsen.example", 2210),
    ("444455556666", "payments-staging", "aws-payments-staging@halvorsen.example", 2190),
    ("555555555555", "halvorsen-logs", "aws-logs@halvorsen.example", 1980),
    ("666666666666", "halvorsen-sandbox", "aws-sandbox@halvorsen.example", 1650),
    ("777788889999", "payments-backup", "aws-backup@halvorsen.example", 1210),
)
QUILL_ACCOUNTS = (
    ("888888888888", "quill-management", "aws-root+management@quill.example", 1460),
    ("333333333333", "quill-prod", "aws-root+prod@quill.example", 1450),
    ("444444444444", "quill-staging", "aws-root+staging@quill.example", 1450),
    ("111111111111", "quill-log-archive", "aws-root+log-archive@quill.example", 1100),
)


def halvorsen_organizations(day: date) -> bytes:
    """Six accounts under one organisation."""
    return _organizations(day, "999999999999", "rita.raman / Audit", HALVORSEN_ACCOUNTS, "o-hlv3exampl")


def quill_organizations(day: date) -> bytes:
    """Four accounts, addresses of one group mailbox."""
    return _organizations(day, "888888888888", "noor / ReadOnly", QUILL_ACCOUNTS, "o-qll7exampl")


def halvorsen_policies(day: date) -> bytes:
    """Only the default policy has targets."""
    page = _page("policies", GLOBAL, "999999999999", "rita.raman / Audit", day, "16:44")
    canvas = Canvas(page)
    canvas.facts("Policy type", [("Status", "+Enabled"), ("Policies", "3"), ("Policies with targets", "1")])
    rows = (
        ("FullAWSAccess", "AWS managed policy", "Root, 2 OUs, 6 accounts", "Allows access to every operation"),
        ("deny-leave-organization", "Customer managed policy", "-No targets", "Draft, for review by platform"),
        ("deny-stop-cloudtrail", "Customer managed policy", "-No targets", "Draft, for review by platform"),
    )
    columns = (("Name", 360), ("Kind", 320), ("Targets", 340), ("Description", 480))
    canvas.table("Available policies", columns, rows, buttons="Create policy|Actions")
    return canvas.png()


def _users(page: Page, rows: Sequence[Sequence[str]]) -> bytes:
    canvas = Canvas(page)
    columns = (
        ("User name", 210),
        ("Groups", 130),
        ("MFA", 130),
        ("Console last sign-in", 210),
        ("Access key ID", 270),
        ("Active key age", 190),
        ("Access key last used", 340),
    )
    hint = "An IAM user is an identity with long-term credentials that is used to interact with AWS in an account."
    canvas.table("IAM users", columns, rows, hint, "Create user|Delete")
    return canvas.png()


def halvorsen_users(day: date) -> bytes:
    """payments-prod: what the credential report says, as the Users page shows it."""
    page = _page("users", GLOBAL, "111122223333", "tomas.lind / SecurityAudit", day, "14:21")
    rows = (
        ("backup-copy", "services", "-None", "-None", "•••• CDEF1  Inactive", "!650 days", "520 days ago"),
        ("ci-deploy-eu", "services", "-None", "-None", "•••• 4EXA2  Active", "+67 days", "Yesterday"),
        ("j.moreau", "0", "-None", "-None", "•••• 7MPLE  Active", "!353 days", "!None"),
        ("svc-datadog", "third-party", "-None", "-None", "•••• LE3QA  Active", "+82 days", "Today"),
        ("svc-legacy-sftp", "0", "-None", "-None", "•••• 9EXAM  Active", "!1289 days", "!214 days ago"),
        ("svc-settlement", "services", "-None", "-None", "•••• PLE5B  Active", "+49 days", "Today"),
        ("t.lind", "Engineers", "-None", "-None", "•••• AMP11  Active", "+30 days", "2 days ago"),
        ("", "", "", "", "•••• AMP27  Active", "!631 days", "!143 days ago"),
    )
    return _users(page, rows)


def orchard_users(day: date) -> bytes:
    """orchard-main: people with passwords and old keys."""
    page = _page("users", GLOBAL, "123456789012", "s.whitlock", day, "18:52")
    rows = (
        ("c.dubois", "Admins", "+Virtual", "6 days ago", "-None", "-None", "-None"),
        ("d.keane", "Admins", "!None", "15 days ago", "•••• K1EXA  Active", "!700 days", "!118 days ago"),
        ("deploy-user", "0", "-None", "-None", "•••• D3MPL  Active", "!505 days", "Today"),
        ("l.brandt", "Admins", "+Virtual", "Yesterday", "•••• B5LEX  Active", "!330 days", "12 days ago"),
        ("m.ferreira", "Admins", "+Virtual", "2 days ago", "•••• F7EXA  Active", "!210 days", "2 days ago"),
        ("", "", "", "", "•••• F8MPL  Active", "!1010 days", "!409 days ago"),
        ("o.haas", "Admins", "+Virtual", "4 days ago", "-None", "-None", "-None"),
        ("old-importer", "0", "-None", "-None", "•••• I2EXA  Active", "!1480 days", "!533 days ago"),
        ("p.nair", "Admins", "+Virtual", "Yesterday", "•••• N4MPL  Active", "+60 days", "3 days ago"),
        ("s.whitlock", "Admins", "+Virtual", "Today", "•••• W6LEX  Active", "!620 days", "Today"),
        ("", "", "", "", "•••• W9EXA  Active", "+45 days", "Yesterday"),
        ("t.okonkwo", "Admins", "+Virtual", "8 days ago", "•••• O1MPL  Active", "!150 days", "Yesterday"),
        ("temp-audit", "0", "!None", "301 days ago", "•••• T3EXA  Active", "!310 days", "!None"),
    )
    return _users(page, rows)


def _block_public_access(page: Page, buckets: Sequence[tuple[str, str]]) -> bytes:
    canvas = Canvas(page)
    switches = (
        ("Block all public access", "Turning this setting on is the same as turning on all four settings below.", True),
        ("New access control lists", "Public access granted through new ACLs is blocked.", True),
        ("Any access control lists", "Public access granted through any ACLs is ignored.", True),
        ("New public bucket or access point policies", "New policies that grant public access are refused.", True),
        (
            "Any public bucket or access point policies",
            "Public and cross-account access through them is ignored.",
            True,
        ),
    )
    canvas.switches("Block Public Access settings for this account", switches)
    rows = [(name, page.region, words) for name, words in buckets]
    canvas.table("Buckets", (("Name", 560), ("Region", 360), ("Access", 580)), rows[:6], "First page, sorted by name")
    return canvas.png()


def halvorsen_block_public_access(day: date) -> bytes:
    """payments-prod: all on."""
    page = _page("s3", IRELAND, "111122223333", "rita.raman / SecurityAudit", day, "11:30")
    names = (
        "hlv-artifacts",
        "hlv-chargebacks",
        "hlv-exports",
        "hlv-merchant-files",
        "hlv-settlement-in",
        "hlv-settlement-out",
    )
    return _block_public_access(page, [(name, "+Bucket and objects not public") for name in names])


def orchard_block_public_access(day: date) -> bytes:
    """orchard-main: all on."""
    page = _page("s3", FRANKFURT, "123456789012", "s.whitlock", day, "19:03")
    names = ("orchard-build", "orchard-imports", "orchard-main-trail", "orchard-payslips")
    return _block_public_access(page, [(name, "+Bucket and objects not public") for name in names])


def quill_block_public_access(day: date) -> bytes:
    """quill-prod: all on."""
    page = _page("s3", IRELAND, "333333333333", "noor / ReadOnly", day, "09:18")
    names = ("quill-carrier-feed", "quill-labels", "quill-pulumi-state", "quill-tracking-pages")
    return _block_public_access(page, [(name, "+Bucket and objects not public") for name in names])


def _guardduty(page: Page, accounts: Sequence[Sequence[str]], facts: Sequence[tuple[str, str]]) -> bytes:
    canvas = Canvas(page)
    canvas.facts("Detector", facts)
    columns = (
        ("Account", 360),
        ("Account ID", 260),
        (f"Status in {page.region}", 430),
        ("In the other active region", 450),
    )
    canvas.table("Accounts", columns, accounts)
    return canvas.png()


def halvorsen_guardduty(day: date) -> bytes:
    """All six accounts in Ireland, five in Frankfurt."""
    page = _page("guardduty", IRELAND, "555555555555", "tomas.lind / SecurityAudit", day, "15:12")
    rows = [
        (name, number, "+Enabled", "!Not a member" if name == "halvorsen-sandbox" else "+Enabled")
        for number, name, _, _ in HALVORSEN_ACCOUNTS
    ]
    facts = (
        ("Detector ID", ident("hlv", "detector", 32)[4:]),
        ("Status", "+Enabled"),
        ("Auto-enable", "+On for new accounts"),
        ("Findings exported to", "hlv-guardduty-findings"),
        ("Administrator", "halvorsen-logs (555555555555)"),
        ("S3 protection", "+Enabled"),
    )
    return _guardduty(page, rows, facts)


def orchard_guardduty(day: date) -> bytes:
    """Both accounts in Frankfurt."""
    page = _page("guardduty", FRANKFURT, "123456789012", "s.whitlock", day, "19:11")
    rows = (
        ("orchard-main", "123456789012", "+Enabled", "-No other region in use"),
        ("orchard-dev", "222222222222", "+Enabled, by invitation", "-No other region in use"),
    )
    facts = (
        ("Detector ID", ident("orc", "detector", 32)[4:]),
        ("Status", "+Enabled"),
        ("Findings, last 30 days", "2 low, both archived"),
    )
    return _guardduty(page, rows, facts)


def quill_guardduty(day: date) -> bytes:
    """All four accounts."""
    page = _page("guardduty", IRELAND, "111111111111", "noor / ReadOnly", day, "09:40")
    rows = [(name, number, "+Enabled", "-Blocked by policy") for number, name, _, _ in QUILL_ACCOUNTS]
    facts = (
        ("Detector ID", ident("qll", "detector", 32)[4:]),
        ("Status", "+Enabled"),
        ("Findings, last 30 days", "None"),
    )
    return _guardduty(page, rows, facts)


def _config(page: Page, facts: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> bytes:
    canvas = Canvas(page)
    canvas.facts("Recorder", facts)
    columns = (("Account", 420), ("Region", 360), ("Recording", 360), ("Last delivery", 360))
    canvas.table("Source accounts and regions of the aggregator", columns, rows)
    return canvas.png()


def halvorsen_config(day: date) -> bytes:
    """Recording in both regions, for all six accounts."""
    page = _page("config", IRELAND, "111122223333", "tomas.lind / SecurityAudit", day, "15:31")
    facts = (
        ("Recording is", "+On"),
        ("Resource types", "All, with global resources"),
        ("Delivery bucket", "hlv-config-555555555555"),
    )
    rows = [(f"{number} {name}", "eu-west-1, eu-central-1", "+On in both", f"{day:%Y/%m/%d} 15:0{place}")
            for place, (number, name, _, _) in enumerate(HALVORSEN_ACCOUNTS)]  # fmt: skip
    return _config(page, facts, rows)


def orchard_config(day: date) -> bytes:
    """One account only."""
    page = _page("config", FRANKFURT, "123456789012", "s.whitlock", day, "19:16")
    facts = (
        ("Recording is", "+On"),
        ("Resource types", "All, with global resources"),
        ("Delivery bucket", "orchard-config-123456789012"),
    )
    return _config(page, facts, [("123456789012 orchard-main", "eu-central-1", "+On", f"{day:%Y/%m/%d} 18:59")])


def halvorsen_outbound(day: date) -> bytes:
    """core-vpc: most groups let everything out."""
    page = _page("groups", IRELAND, "111122223333", "tomas.lind / SecurityAudit", day, "17:25")
    canvas = Canvas(page)
    groups = (
        ("sg-public-alb", "2", "1", "+HTTPS to sg-settlement-app"),
        ("sg-portal-alb", "2", "1", "+HTTPS to sg-portal-app"),
        ("sg-settlement-app", "1", "1", "!All traffic  0.0.0.0/0"),
        ("sg-portal-app", "1", "1", "!All traffic  0.0.0.0/0"),
        ("sg-batch", "1", "1", "!All traffic  0.0.0.0/0"),
        ("sg-data", "3", "1", "!All traffic  0.0.0.0/0"),
        ("default", "1", "1", "!All traffic  0.0.0.0/0"),
    )
    rows = [(ident("sg", name), name, "core-vpc", inbound, outbound, rule) for name, inbound, outbound, rule in groups]
    columns = (
        ("Security group ID", 320),
        ("Name", 260),
        ("VPC", 170),
        ("Inbound rules", 160),
        ("Outbound rules", 170),
        ("Outbound rule", 400),
    )
    canvas.table("Security Groups", columns, rows, "Filter: VPC = core-vpc", "Create security group|Actions")
    return canvas.png()


def _identity(page: Page, source: str, rows: Sequence[Sequence[str]]) -> bytes:
    canvas = Canvas(page)
    facts = (
        ("Identity source", source),
        ("Authentication method", "SAML 2.0"),
        ("Provisioning method", "SCIM"),
        ("Instance", "+Active"),
        ("MFA", "Left to the identity provider"),
        ("Session", "1 hour for administrators"),
    )
    canvas.facts("IAM Identity Center", facts)
    columns = (("Account", 420), ("Account ID", 260), ("Permission sets", 520), ("Groups", 300))
    canvas.table("Assigned accounts", columns, rows)
    return canvas.png()


def halvorsen_identity(day: date) -> bytes:
    """An external SAML provider, assigned to five of six accounts."""
    page = _page("identity", IRELAND, "999999999999", "rita.raman / Audit", day, "13:58")
    rows = [
        (name, number, "Engineers, Operations, SecurityAudit", "4")
        for number, name, _, _ in HALVORSEN_ACCOUNTS
        if name != "halvorsen-sandbox"
    ]
    return _identity(page, "External identity provider", rows)


def quill_identity(day: date) -> bytes:
    """Google Workspace, assigned to every account."""
    page = _page("identity", IRELAND, "888888888888", "noor / ReadOnly", day, "09:52")
    rows = [(name, number, "Developer, ReadOnly", "aws-users") for number, name, _, _ in QUILL_ACCOUNTS]
    return _identity(page, "External identity provider (Google Workspace)", rows)


def orchard_patching(day: date) -> bytes:
    """Five managed instances of the seven that run."""
    page = _page("patching", FRANKFURT, "123456789012", "s.whitlock", day, "19:27")
    canvas = Canvas(page)
    scan = f"{day - timedelta(days=2):%Y/%m/%d} 02:1"
    canvas.facts("Compliance", [("Managed instances", "5"), ("Compliant", "+5"), ("Patch window", "Sunday 02:00 UTC")])
    names = ("app-1", "app-2", "payrun-worker-1", "bastion", "stg-payrun")
    rows = [(ident("i", name), name, "+Compliant", "0", f"{scan}{place}") for place, name in enumerate(names)]
    columns = (("Instance ID", 340), ("Name", 320), ("Compliance", 280), ("Missing", 200), ("Last scan", 360))
    canvas.table("Instance patching details", columns, rows, buttons="Patch now|Export to S3")
    return canvas.png()
