"""What schemathesis cannot know of metrics_server: see schemathesis.toml."""

from urllib.parse import urlencode

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(context, case, kwargs):
    """What shall be valid has no made-up cursor, and one of two names of a parameter.

    A cursor comes from an answer. That a stream takes `metric` or `fields` is more than a
    description of query parameters can say.
    """
    is_positive = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if not is_positive:
        return
    if case.operation.path == "/telemetry/ListMetrics":
        case.query.pop("cursor", None)
    if case.operation.path == "/telemetry/stream" and "metric" in case.query:
        case.query.pop("fields", None)


# Deno answers longer ones with a bare 400 before the service sees them: see the README's limits.
URL_CHARS_MAX = 60_000


@schemathesis.hook
def filter_query(context, query):
    """Whether the service gets to see such a query."""
    return len(urlencode(query or {}, doseq=True)) < URL_CHARS_MAX
