"""Plans of plants and schedules of photographs: what in one can't be followed."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

NO_PRESET = Template("plans.no_preset", 'preset "{value}" is not one of {choices}')
NO_PIPELINES = Template("plans.no_pipelines", "pipelines must be an object such as {example}, not {value}")
NO_PIPELINE = Template("plans.no_pipeline", "pipelines: {value} is not a pipeline; there are {choices}")
NO_FREQUENCY = Template("plans.no_frequency", "pipelines.{name}: {value} is not one of {choices}")

NO_RULES = Template("plans.no_rules", "rules must be a list of objects, not {value}")
TOO_MANY_RULES = Template("plans.too_many_rules", "rules: {n} rules are too many; at most {limit}")
RULE_TWICE = Template("plans.rule_twice", '{where}.metric: "{metric}" has a rule already; put both bounds into one')
NO_RULE = Template("plans.no_rule", '{where} must be an object with "metric" and a bound, not {value}')
NO_METRIC = Template("plans.no_metric", "{where}.metric: {value} is not one of {choices}")
RULE_INVALID = Template("plans.rule_invalid", "{where}: {rule}")
NO_BOUND = Template("plans.no_bound", "{where}: give lower, upper, both, or drop_percent")
NO_DROP = Template("plans.no_drop", "{where}.drop_percent: {metric} has no fall in percent; give lower")
DROP_RANGE = Template("plans.drop_range", "{where}.drop_percent: {value} must be 1 to {high} percent")
BOUND_RANGE = Template("plans.bound_range", "{where}.{bound}: {value} is outside what {metric} can be, {low} to {high}")
BOUNDS_CROSSED = Template("plans.bounds_crossed", "{where}.lower: {lower} must be below upper, {upper}")
CONSECUTIVE_RANGE = Template("plans.consecutive_range", "{where}.consecutive: {value} must be 1 to {high} pictures")
HYSTERESIS_RANGE = Template(
    "plans.hysteresis_range", "{where}.hysteresis: {value} must be 0 to {high}, or the alert could never end"
)
COOLDOWN_RANGE = Template("plans.cooldown_range", "{where}.cooldown_h: {value} must be 0 to {high} hours")

INTERVAL_RANGE = Template("plans.interval_range", "interval_s: {value} must be {low} to {high} seconds")
NO_SPAN = Template("plans.no_span", 'quiet_hours: "{value}" is not a span such as "22:00-06:30"')
