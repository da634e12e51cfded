"""The roles a home started with get the powers of the books; roles made by hand stay as they are."""

from django.db import migrations

POWERS = {"clerk": ("book",), "reviewer": ("book", "close"), "administrator": ("book", "close")}


def give(apps, _editor):
    for role in apps.get_model("places", "Role").objects.filter(key__in=POWERS):
        role.powers = [*role.powers, *(power for power in POWERS[role.key] if power not in role.powers)]
        role.save(update_fields=["powers"])


class Migration(migrations.Migration):
    dependencies = [("books", "0002_seals"), ("places", "0001_initial")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
