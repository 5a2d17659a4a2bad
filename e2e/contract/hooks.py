"""What schemathesis cannot know of metrics_server: see schemathesis.toml."""

import schemathesis
from schemathesis import GenerationMode


@schemathesis.hook
def before_call(context, case, kwargs):
    """A cursor comes from an answer: no made-up one is valid, so what shall be valid has none."""
    is_positive = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if is_positive and case.operation.path == "/telemetry/ListMetrics":
        case.query.pop("cursor", None)
