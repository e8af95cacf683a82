from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='has_optional_mail',
            field=models.BooleanField(default=True, help_text='Reminders and news; what is essential is sent to everybody.'),
        ),
    ]
