"""Room for the texts of domains and criteria in other languages than English, as frozen as the rest."""

from importlib import import_module

from django.db import migrations, models

_frozen = import_module("playbook.migrations.0002_frozen")


class Migration(migrations.Migration):
    dependencies = [("playbook", "0002_frozen")]

    operations = [
        migrations.AddField(model_name="domain", name="translations", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="criterion", name="translations", field=models.JSONField(default=dict)),
        # SQLite rebuilds a table without its triggers.
        migrations.RunPython(_frozen.freeze, migrations.RunPython.noop),
    ]
