from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='occasion',
            field=models.CharField(help_text='What it is the one mail about, where a second one would be one too many; else null.', max_length=120, null=True, unique=True),
        ),
    ]
