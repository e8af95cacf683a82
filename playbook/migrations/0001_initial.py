import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Playbook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField()),
                ('version', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('data', models.JSONField()),
                ('evidence_kinds', models.JSONField()),
                ('evidence_rules', models.JSONField()),
                ('severity_scale', models.JSONField()),
                ('content_sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['slug', '-published_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('slug', 'version'), name='playbook_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60)),
                ('order', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('what', models.TextField()),
                ('why', models.TextField()),
                ('playbook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='playbook.playbook')),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('number', models.PositiveSmallIntegerField()),
                ('short_title', models.CharField(max_length=120)),
                ('question', models.TextField()),
                ('question_source', models.CharField(choices=[('adapted-from-heading', "Adapted from the source's heading"), ('reconstructed', 'Reconstructed')], max_length=30)),
                ('secure_answer', models.CharField(max_length=3)),
                ('answer_type', models.CharField(choices=[('single-response', 'One statement'), ('multi-response', 'Several statements')], max_length=20)),
                ('why_important', models.TextField()),
                ('severity', models.CharField(choices=[('critical', 'Critical'), ('high', 'High'), ('medium', 'Medium'), ('low', 'Low')], max_length=10)),
                ('severity_rationale', models.TextField()),
                ('not_applicable_allowed', models.BooleanField()),
                ('assessor_note', models.TextField(blank=True)),
                ('validation_source', models.CharField(max_length=20)),
                ('validation_steps', models.JSONField(default=list)),
                ('validation_additions', models.JSONField(default=list)),
                ('console_urls', models.JSONField(default=list)),
                ('more_info', models.JSONField(default=list)),
                ('figures', models.JSONField(default=list)),
                ('thresholds', models.JSONField(default=list)),
                ('errata', models.JSONField(default=list)),
                ('remediation', models.JSONField(default=list)),
                ('applicability', models.JSONField(default=dict)),
                ('domain', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='playbook.domain')),
                ('playbook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='playbook.playbook')),
            ],
            options={
                'verbose_name_plural': 'criteria',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='ResponseOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=70)),
                ('side', models.CharField(choices=[('acceptable', 'Acceptable'), ('failure', 'Failure')], max_length=10)),
                ('order', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('literal_answer', models.CharField(max_length=3, null=True)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='playbook.criterion')),
            ],
            options={
                'ordering': ['side', 'order'],
            },
        ),
        migrations.CreateModel(
            name='EvidenceRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('required', models.BooleanField()),
                ('must_show', models.TextField()),
                ('commands', models.JSONField(default=list)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence_requests', to='playbook.criterion')),
            ],
            options={
                'ordering': ['order'],
                'constraints': [models.UniqueConstraint(fields=('criterion', 'order'), name='playbook_evidence_order_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='domain',
            constraint=models.UniqueConstraint(fields=('playbook', 'slug'), name='playbook_domain_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='domain',
            constraint=models.UniqueConstraint(fields=('playbook', 'order'), name='playbook_domain_order_once'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(fields=('playbook', 'number'), name='playbook_criterion_number_once'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.UniqueConstraint(fields=('playbook', 'code'), name='playbook_criterion_code_once'),
        ),
        migrations.AddConstraint(
            model_name='responseoption',
            constraint=models.UniqueConstraint(fields=('criterion', 'key'), name='playbook_option_key_once'),
        ),
        migrations.AddConstraint(
            model_name='responseoption',
            constraint=models.UniqueConstraint(fields=('criterion', 'side', 'order'), name='playbook_option_order_once'),
        ),
    ]
