import django.db.models.deletion
import mingbai.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kit', '0004_facts'),
        ('places', '0002_numbers_in_part'),
    ]

    operations = [
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveIntegerField(verbose_name='编号')),
                ('source_sheet', models.CharField(blank=True, max_length=100, verbose_name='工作表')),
                ('source_row', models.PositiveIntegerField(blank=True, null=True, verbose_name='行')),
                ('fingerprint', models.CharField(blank=True, db_index=True, max_length=32)),
                ('headings', models.TextField(blank=True)),
                ('doubtful', models.TextField(blank=True)),
                ('klass', models.CharField(blank=True, max_length=1, verbose_name='类别')),
                ('proposed', models.CharField(blank=True, max_length=1, verbose_name='建议类别')),
                ('open_findings', models.PositiveSmallIntegerField(default=0, verbose_name='待认定')),
                ('confirmed_findings', models.PositiveSmallIntegerField(default=0, verbose_name='已认定')),
                ('severity', models.PositiveSmallIntegerField(default=0, verbose_name='轻重')),
                ('irregular', models.BooleanField(default=False, verbose_name='不规范')),
                ('rectified', models.BooleanField(default=False, verbose_name='已整改')),
                ('stage', models.CharField(blank=True, max_length=12, verbose_name='整改环节')),
                ('deadline', models.DateField(blank=True, null=True, verbose_name='期限')),
                ('unsure', models.TextField(blank=True)),
                ('amount_fen', models.BigIntegerField(blank=True, null=True, verbose_name='金额（分）')),
                ('stated_owed_fen', models.BigIntegerField(default=0)),
                ('owed_fen', models.BigIntegerField(default=0, verbose_name='欠缴（分）')),
                ('recovered_fen', models.BigIntegerField(default=0, verbose_name='追缴（分）')),
                ('inspection_no', models.TextField(blank=True, null=True, verbose_name='督导编号')),
                ('kind', models.CharField(blank=True, max_length=30, null=True, verbose_name='督导方式')),
                ('level', models.CharField(blank=True, max_length=30, null=True, verbose_name='督导层级')),
                ('inspected_on', models.DateField(blank=True, null=True, verbose_name='督导日期')),
                ('item', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='问题事项')),
                ('location', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='地点')),
                ('picture', models.TextField(blank=True, null=True, verbose_name='问题照片')),
                ('responsible', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='责任人')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='整改期限')),
                ('measure', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='整改措施')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='整改完成日期')),
                ('evidence', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='整改佐证')),
                ('rechecked_on', models.DateField(blank=True, null=True, verbose_name='复查日期')),
                ('recheck', models.CharField(blank=True, max_length=30, null=True, verbose_name='复查结果')),
                ('rechecker', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='复查人')),
                ('cell', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.gridcell', verbose_name='责任田')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organisation', verbose_name='组织')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.party', verbose_name='当事人')),
                ('upload', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kit.upload', verbose_name='来自文件')),
            ],
            options={
                'verbose_name': '督导整改',
                'ordering': ('organisation__path', 'serial'),
                'abstract': False,
                'indexes': [models.Index(fields=['organisation', 'serial'], name='inspections_organis_86793b_idx'), models.Index(fields=['organisation', 'stage', 'deadline'], name='inspections_organis_5e77a8_idx')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'serial'), name='inspection_serial_once')],
            },
        ),
    ]
