"""Home Assistant over MQTT."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

UNDERSTOOD = Template("home_assistant.understood", "Every command of the last few minutes was understood.")
OFF = Template("home_assistant.off", "Home Assistant is off.")
COMMAND_REFUSED = Template("home_assistant.command_refused", "A command on {topic} was refused: {reason}")
FIND_SENDER = Template("home_assistant.find_sender", "Find out which automation or program sends it.")

# Why a command was refused.
TOO_LONG = Template("home_assistant.too_long", "{key}: the command has {n} bytes; at most {limit} are read.")
NOT_TEXT = Template("home_assistant.not_text", "{key}: the command is not UTF-8 text.")
NO_COMMAND = Template("home_assistant.no_command", 'There is no command "{key}".')
NO_PLANT_COMMAND = Template("home_assistant.no_plant_command", 'There is no command "{key}" for a plant.')
NO_PLANT = Template("home_assistant.no_plant", "{key}: there is no plant {plant}.")
NO_PLAN = Template("home_assistant.no_plan", "{key}: plant {plant} has no plan.")
NO_LIGHT_COMMAND = Template(
    "home_assistant.no_light_command", "light: {value} is not a light command such as {example}: {reason}"
)
NOT_ONE_OF = Template("home_assistant.not_one_of", "{key}: {value} must be one of {choices}.")
NOT_A_NUMBER = Template("home_assistant.not_a_number", "{key}: {value} is not a number.")
OUT_OF_RANGE = Template("home_assistant.out_of_range", "{key}: {value} must be {low} to {high}.")
STORE_BUSY = Template("home_assistant.store_busy", "The database is busy; try again.")
