"""Measured values with their units, for messages that quote one."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

NUMBER = Template("value.number", "{value:number0}")
NUMBER2 = Template("value.number2", "{value:number2}")
PERCENT = Template("value.percent", "{value:percent0}")
PERCENT1 = Template("value.percent1", "{value:percent1}")
PERCENT_A_DAY = Template("value.percent_a_day", "{value:signed_percent1} a day")
DEGREES = Template("value.degrees", "{value:number0}°")
LENGTH = Template("value.length", "{value:length}")
AREA = Template("value.area", "{value:area}")
PIXELS = Template("value.pixels", "{value:number0} dots")
