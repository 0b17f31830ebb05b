"""Sentences of imports, and names of jobs, in the language of the page."""

from django import template

from episodes import jobs, wording

register = template.Library()

register.filter("translated", wording.translate)
register.filter("sentence", wording.sentence)
register.filter("outcome_sentence", wording.outcome_sentence)
register.filter("job_name", jobs.name_of)
