import django.db.models.deletion
import mingbai.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kit', '0005_policy_changes_and_days'),
        ('places', '0004_invitation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asset',
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
                ('asset_no', models.TextField(blank=True, null=True, verbose_name='资产编号')),
                ('title', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='资产名称')),
                ('category', models.CharField(blank=True, max_length=30, null=True, verbose_name='资产类别')),
                ('nature', models.CharField(blank=True, max_length=30, null=True, verbose_name='经营性质')),
                ('specification', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='规格型号')),
                ('unit', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='计量单位')),
                ('quantity', models.IntegerField(blank=True, null=True, verbose_name='账面数量')),
                ('location', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='存放地点')),
                ('keeper', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='保管人')),
                ('acquired_on', models.DateField(blank=True, null=True, verbose_name='取得日期')),
                ('in_use_on', models.DateField(blank=True, null=True, verbose_name='开始使用日期')),
                ('cost_fen', models.BigIntegerField(blank=True, null=True, verbose_name='原值(元)')),
                ('life_months', models.IntegerField(blank=True, null=True, verbose_name='使用年限')),
                ('residual_fen', models.BigIntegerField(blank=True, null=True, verbose_name='净残值(元)')),
                ('method', models.CharField(blank=True, max_length=30, null=True, verbose_name='折旧方法')),
                ('stated_depreciation_fen', models.BigIntegerField(blank=True, null=True, verbose_name='累计折旧(元)')),
                ('stated_net_fen', models.BigIntegerField(blank=True, null=True, verbose_name='净值(元)')),
                ('condition', models.CharField(blank=True, max_length=30, null=True, verbose_name='使用状况')),
                ('idle_since', models.DateField(blank=True, null=True, verbose_name='闲置开始日期')),
                ('user', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='实际使用人')),
                ('contract_no', models.TextField(blank=True, null=True, verbose_name='出租合同编号')),
                ('counted_on', models.DateField(blank=True, null=True, verbose_name='盘点日期')),
                ('counted_quantity', models.IntegerField(blank=True, null=True, verbose_name='实存数量')),
                ('difference', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='账实不符的原因')),
                ('booked', models.BooleanField(blank=True, null=True, verbose_name='是否入账')),
                ('voucher_no', models.TextField(blank=True, null=True, verbose_name='入账凭证号')),
                ('disposed_on', models.DateField(blank=True, null=True, verbose_name='处置日期')),
                ('disposal', models.CharField(blank=True, max_length=30, null=True, verbose_name='处置方式')),
                ('proceeds_fen', models.BigIntegerField(blank=True, null=True, verbose_name='处置收入(元)')),
                ('decision', mingbai.vault.fields.FreeText(blank=True, null=True, verbose_name='处置决议')),
                ('remark', mingbai.vault.fields.SealedField(blank=True, editable=True, null=True, verbose_name='备注')),
                ('cell', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.gridcell', verbose_name='责任田')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.organisation', verbose_name='组织')),
                ('party', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='places.party', verbose_name='当事人')),
                ('upload', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kit.upload', verbose_name='来自文件')),
            ],
            options={
                'verbose_name': '资产',
                'ordering': ('organisation__path', 'serial'),
                'abstract': False,
                'indexes': [models.Index(fields=['organisation', 'serial'], name='assets_asse_organis_d46ddf_idx'), models.Index(fields=['organisation', 'stage', 'deadline'], name='assets_asse_organis_94743f_idx')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'serial'), name='asset_serial_once')],
            },
        ),
    ]
