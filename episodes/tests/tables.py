"""Every row of every table of ours, to say what an act wrote and what it did not."""

from __future__ import annotations

from typing import Any

from django.apps import apps

__all__ = ["rows"]


def rows(*, without: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of all tables of ``episodes`` and ``glossary``; columns as ``model.column``
    or whole models can be left out."""
    answer = {}
    for app in ("episodes", "glossary"):
        if not apps.is_installed(app):
            continue
        for model in apps.get_app_config(app).get_models():
            name = model.__name__
            if name in without:
                continue
            columns = [
                field.attname
                for field in model._meta.concrete_fields
                if f"{name}.{field.attname}" not in without
            ]
            found = model._default_manager.order_by("pk").values(*columns)
            answer[name] = [
                {key: bytes(v) if isinstance(v, memoryview) else v for key, v in row.items()}
                for row in found
            ]
    return answer
