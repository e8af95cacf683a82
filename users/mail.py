"""Who gets mail: nobody who may not sign in, and news and reminders only for who has not muted them."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from outbox.letters import Recipient
from users.models import User

_SALT = "assay.mute"


def mute_link(user: User) -> str:
    """The address where this person can mute what is not essential, without signing in. Made for one mail."""
    return settings.SITE_URL + reverse("users:mute-open", args=[signing.dumps(user.pk, salt=_SALT)])


def person_behind(token: str) -> User | None:
    """Whose link this is; None for one that is not ours, is too old, or is of somebody who may not sign in."""
    try:
        pk = signing.loads(token, salt=_SALT, max_age=settings.MUTE_LINK_LIFETIME)
    except signing.BadSignature:
        return None
    return person(pk)


def person(pk: int | None) -> User | None:
    """Somebody who may sign in."""
    return User.objects.filter(pk=pk, is_active=True).first()


def recipient(address: str) -> Recipient:
    """What is known of an address when a mail to it is about to be sent."""
    user = User.objects.filter(email__iexact=address).first()
    if user is None:
        return Recipient()
    return Recipient(
        is_active=user.is_active,
        wants_optional=user.has_optional_mail,
        mute_link=mute_link(user),
        language=user.language,
    )
