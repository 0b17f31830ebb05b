"""Spellings are kept for a generation each: the next one's are written before it counts."""

from django.db import migrations, models


def belong(apps, schema_editor):
    """What is stored belongs to the generation that counts."""
    alias = schema_editor.connection.alias
    state = apps.get_model("glossary", "GlossaryState").objects.using(alias).first()
    if state is not None:
        forms = apps.get_model("glossary", "MatchedForm").objects.using(alias)
        forms.update(generation=state.generation)


class Migration(migrations.Migration):
    dependencies = [
        ("glossary", "0004_uses_are_counted_anew"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="matchedform",
            name="matched_form_unique_in_spelling",
        ),
        migrations.AddField(
            model_name="matchedform",
            name="generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(belong, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="matchedform",
            constraint=models.UniqueConstraint(
                fields=("generation", "spelling", "exact"),
                name="matched_form_unique_in_generation",
            ),
        ),
    ]
