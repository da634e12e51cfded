import mingbai.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0002_numbers_in_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='recovery',
            field=mingbai.vault.fields.SealedField(blank=True, editable=True, null=True, verbose_name='恢复码'),
        ),
        migrations.AddField(
            model_name='person',
            name='second',
            field=mingbai.vault.fields.SealedField(blank=True, editable=True, null=True, verbose_name='动态码密钥'),
        ),
        migrations.AddField(
            model_name='person',
            name='second_step',
            field=models.BigIntegerField(default=0, verbose_name='上次用的动态码'),
        ),
    ]
