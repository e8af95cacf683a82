"""What the name of a secret looks like, and what its value. Pure.

What is left out is no secret: stars, `REDACTED`, `${NAME}`, `true`, dates, paths and ARNs. Nor is the state of one:
`password_enabled`, `TokenVersion`, `SecretList`, because the word must stand at the end of the name.
"""

import re
from enum import Enum
from typing import Final

from assessments.marking import Said
from assessments.marking import said as _


class Kind(Enum):
    """What a secret is called, and what its owner has to do since it was in a file."""

    ACCESS_KEY = (_("a secret access key"), _("rotate the key"), _("Rotate the key"))
    PRIVATE_KEY = (_("a private key"), _("replace the key pair"), _("Replace the key pair"))
    SESSION_TOKEN = (_("a session token"), _("end the session"), _("End the session"))
    PASSWORD = (_("a password"), _("change the password"), _("Change the password"))
    TOKEN = (_("an access token"), _("revoke the token"), _("Revoke the token"))
    SECRET = (_("a secret"), _("replace the secret"), _("Replace the secret"))

    @property
    def label(self) -> Said:
        """With its article: "a password"."""
        return self.value[0]

    @property
    def remedy(self) -> Said:
        """What to do besides removing it: "change the password"."""
        return self.value[1]

    @property
    def begun(self) -> Said:
        """The same at the beginning of a sentence: "Change the password"."""
        return self.value[2]


# --- Names ---------------------------------------------------------------------------------------------------------

NAME: Final = (
    r"(?:secret[ _.-]?access[ _.-]?key|(?:session|security)[ _.-]?token|pass(?:word|wd|phrase|wort)|kennwort|pwd"
    r"|[_-]pass|(?:api|private|account|signing|access|auth|secret)[ _.-]?key"
    r"|secret[ _-]?(?:string|binary|value)|secret|token)"
)
_ENDS = re.compile(rf"({NAME})\d{{0,2}}$")
# Places in a list and marks of a request, which AWS calls tokens.
_NO_TOKEN: Final = tuple(
    "next forward backward starting start client creation continuation request idempotency pagination page sequence "
    "lock change sync revision task iterator verification validation invitation marker cursor resume status csrf xsrf "
    "previous prev mfa hardware dkim update".split()
)
_NO_KEY: Final = ("public", "foreign", "primary")


def kind_of_name(name: str) -> Kind | None:
    """The kind of secret whose name this is, or None; `name` in small letters, as a whole or only its end."""
    end = name[-40:]
    match = _ENDS.search(end)
    if match is None:
        return None
    before = end[: match.start()].rstrip(" _.-")
    return _kind(match[1], before)


def _kind(word: str, before: str) -> Kind | None:
    bare = re.sub("[ _.-]", "", word)
    if bare == "token":
        return None if before.endswith(_NO_TOKEN) else Kind.TOKEN
    if bare == "secretaccesskey":
        return Kind.ACCESS_KEY
    if bare in {"sessiontoken", "securitytoken"}:
        return Kind.SESSION_TOKEN
    if bare == "privatekey":
        return Kind.PRIVATE_KEY
    if bare.endswith("key"):
        return None if before.endswith(_NO_KEY) else Kind.SECRET
    return Kind.SECRET if bare.startswith("secret") else Kind.PASSWORD


# --- What a value must look like --------------------------------------------------------------------------------

_WORDS: Final = frozenset(
    "none null nil true false yes no on off na n/a unset set empty enabled disabled active inactive required optional "
    "mandatory present absent missing configured unknown never always default expired rotated changed managed stored "
    "encrypted hashed supported unsupported not_supported no_information available unavailable string securestring "
    "str int bool text secret password passwd passphrase token pass fail passed failed manual warning any all ok "
    "pending private public hidden used unused valid invalid removed redacted masked omitted deleted todo tbd "
    "changeit defaultpassword".split()
)
_LEFT_OUT = re.compile(
    r"\*{3}|[xX]{4}|\u2022{3}|\.{3}|\u2026|(?i:redacted|removed|masked|omitted|hidden_due|placeholder|your[_-]|dummy)"
)
_STANDS_FOR = re.compile(
    r"\$\{.*|\$\(.*|\$[A-Z_][A-Z0-9_]*|\$[a-z_]+|%[A-Za-z_]+%|<.*|[{\[(].*|!(?:Ref|Sub|GetAtt|ImportValue)\b.*"
    r"|arn:.*|(?:vault|ssm|secretsmanager|secret|op|kms|keyvault|env|file)[:+].*|[a-z][a-z0-9+.-]{1,20}://.*"
    r"|[.~]?/[a-z0-9_.-]+(?:/[\w.-]+)*|[A-Za-z_][\w.-]*[(\[].*"
    r"|(?:os|process|var|local|data|module|self|this|config|settings|env|environ|random_password|secrets)\.\w.*"
    r"|[<>~=+-]{0,2}\d{1,5}(?:\.\d+)?[+%]?(?:d|days|chars|h|hours|months|y|years)?|\d{4}-\d\d-\d\d.*"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|(?:\d{1,2}[-./])?[A-Z][a-z]{2,8}[-./]\d{2,4}|ENC[(\[].*|AQICA.*",
    re.DOTALL,
)
_WORDY = re.compile(r"[A-Za-z]+\d{0,4}(?:[-_/.:][A-Za-z]*\d{0,4})+")  # app/orders-db2: the name of a thing
_DIGIT, _LETTER, _SPACE = re.compile(r"\d"), re.compile(r"[^\W\d_]"), re.compile(r"\s")
_STRONG = re.compile(r"[^A-Za-z\s._/-]")


FORTY = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_HEX = re.compile(r"[0-9a-fA-F]+")
KEY_ID = re.compile(r"A[KS]IA[A-Z0-9]{16}")


def is_left_out(value: str) -> bool:
    """Whether the value says that there is none, names its kind or state, or points to where it is kept."""
    bare = value.strip().strip("<>[](){}*_.!-\"'").casefold()
    return (
        bare in _WORDS
        or _STANDS_FOR.fullmatch(value) is not None
        or len(set(value)) <= 1
        or _LEFT_OUT.search(value) is not None
    )


def is_value(value: str, kind: Kind, word: str, *, certain: bool = True) -> bool:
    """Whether this can be the secret that the name promises; `certain` where the value cannot be prose."""
    if kind is Kind.SECRET and word.startswith("secret") and word.endswith(("string", "binary")):
        return len(value) >= 2 and _LEFT_OUT.search(value) is None and value.casefold() not in _WORDS
    if kind is Kind.PASSWORD:
        if word == "passphrase" and certain and " " in value:
            return not is_left_out(value)
        return is_password(value, certain=certain)
    if kind is Kind.ACCESS_KEY:
        return is_access_key(value) or (is_random(value) and _HEX.fullmatch(value) is None and len(value) >= 16)
    if kind is Kind.PRIVATE_KEY:
        return is_random(value) and len(value) >= 30
    return is_random(value) and KEY_ID.fullmatch(value) is None


def is_password(value: str, *, certain: bool) -> bool:
    """One word of at least four characters; with a digit or a sign in it where the place is not certain."""
    if len(value) < 4 or _SPACE.search(value) or is_left_out(value):
        return False
    return certain or _STRONG.search(value) is not None


def is_random(value: str) -> bool:
    """One word of at least eight characters, letters and digits, or long with large and small letters; no name."""
    is_mixed = len(value) >= 20 and value != value.lower() and value != value.upper()
    if len(value) < 8 or not (is_mixed or _DIGIT.search(value)) or not _LETTER.search(value):
        return False
    return not (_SPACE.search(value) or _WORDY.fullmatch(value) or is_left_out(value))


def is_wild(value: str) -> bool:
    """At least eight characters of three kinds out of small, large, digit and sign."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())
    return len(value) >= 8 and sum(any(map(kind, value)) for kind in kinds) >= 3


def is_access_key(value: str) -> bool:
    """40 characters of base64, large and small letters and a digit: no path, no digest in hexadecimal."""
    return (
        FORTY.fullmatch(value) is not None
        and _HEX.fullmatch(value) is None
        and sum(map(str.isupper, value)) >= 5
        and sum(map(str.islower, value)) >= 5
        and any(map(str.isdigit, value))
    )
