"""The end of every chain is sealed with the home's key, as it stands now."""

from django.db import migrations, models


def seal(apps, _editor):
    from mingbai.records.chain import START, linked, seal_of

    heads = apps.get_model("records", "Head").objects
    named = {}
    for place, seq, record in apps.get_model("records", "About").objects.values_list("event__organisation_id", "event__seq", "record").iterator():
        named.setdefault(place, {}).setdefault(seq, []).append(record)
    for head in heads.all():
        head.abouts = START
        for seq, records in sorted(named.get(head.organisation_id, {}).items()):
            head.abouts = linked(head.abouts, seq, sorted(records))
        head.seal = seal_of(head.organisation_id, head.seq, head.hash, head.abouts)
        head.save()


class Migration(migrations.Migration):
    dependencies = [("records", "0005_receipt_once")]
    operations = [
        migrations.AddField("head", "abouts", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AddField("head", "seal", models.CharField(default="", max_length=32), preserve_default=False),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
