"""The campaign of the demo: the questions go to two smaller vendors that are new, and nobody has answered yet."""

from datetime import timedelta

from assessments.actions import campaigns
from assessments.actions.campaigns import CampaignContent
from assessments.demo.play import Stage, key
from assessments.intake.vendor_lists import read_list
from assessments.models import Assessment
from assessments.queries.campaign_plan import plan

STARTED = 6  # days before the load
DAYS_TO_ANSWER = 28
LIST = """\
vendor,tier,service,lead name,lead email
Nordlys Hosting,low,Web hosting,Ingrid Vik,ingrid@nordlys.example
Tarn Analytics,low,Website statistics,Owen Price,owen@tarn.example
"""


def run(stage: Stage) -> list[Assessment]:
    """Start it as the manager, with the analyst assigned; returns its assessments."""
    stage.clock.begin()
    started = stage.clock.morning(STARTED)
    manager, found = stage.people["max"], read_list(LIST)
    campaign = campaigns.start(
        content=CampaignContent(
            name=f"Smaller vendors {stage.clock.today.year}",
            period=str(stage.clock.today.year),
            due_on=started.date() + timedelta(days=DAYS_TO_ANSWER),
            analyst=stage.people["ines"],
        ),
        playbook=stage.playbook,
        found=found,
        looked_at=plan(manager, found).fingerprint,
        form_key=key("campaign"),
        by=manager,
    )
    return list(campaign.assessments.order_by("pk"))
