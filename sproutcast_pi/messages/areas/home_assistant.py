"""Home Assistant over MQTT."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

UNDERSTOOD = Template("home_assistant.understood", "Every command of the last few minutes was understood.")
OFF = Template("home_assistant.off", "Home Assistant is off.")
COMMAND_REFUSED = Template("home_assistant.command_refused", "A command on {topic} was refused: {reason}")
FIND_SENDER = Template("home_assistant.find_sender", "Find out which automation or program sends it.")
