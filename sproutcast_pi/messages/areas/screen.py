"""The screen's own tools: Wi-Fi, USB sticks, the log, the live preview, and the display."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

NO_TOOL = Template("screen.no_tool", "{program} is not installed on this device.")
TOOL_SILENT = Template("screen.tool_silent", "{program} did not answer within {seconds:number0} seconds; try again.")
TOOL_NOT_STARTED = Template("screen.tool_not_started", "{program} could not be started: {reason}.")
TOOL_FAILED = Template("screen.tool_failed", "{program} failed ({status}).")
NO_STICK = Template("screen.no_stick", "No USB stick was found. Plug one in, wait a moment, and try again.")
NO_WIFI = Template("screen.no_wifi", "NetworkManager is not installed on this device, so Wi-Fi can't be set up here.")
WRONG_PASSWORD = Template("screen.wrong_password", "{name} did not accept the password; check it and try again.")
WIFI_SILENT = Template("screen.wifi_silent", "{name} did not answer in time; move closer to the router and try again.")
WIFI_GONE = Template("screen.wifi_gone", "{name} is not in reach; move closer to the router and look again.")
NO_NETWORK_MANAGER = Template("screen.no_network_manager", "NetworkManager is not running on this device.")
NOT_ACCEPTED = Template(
    "screen.not_accepted", "The connection to {name} failed. Check the password and the router, and try again."
)
NOT_JOINED = Template("screen.not_joined", "The connection to {name} failed: {reason}")
PHOTO_GONE = Template("screen.photo_gone", "{file} is no longer kept ({status}).")
BAD_ANSWER = Template("screen.bad_answer", "The device's answer can't be read: {reason}")
NO_PREVIEW = Template("screen.no_preview", "There is no live picture at the moment.")

# The display.
NO_DISPLAY = Template(
    "screen.no_display",
    "There is no display to draw on: no /dev/dri/card*, and neither DISPLAY nor WAYLAND_DISPLAY is set. Connect a "
    "panel, or start from a desktop, or set SDL_VIDEODRIVER=offscreen to draw into memory.",
)
NO_LIBRARIES = Template(
    "screen.no_libraries", "The screen can't be drawn without its libraries: sudo apt install {packages}"
)
NO_WINDOW = Template(
    "screen.no_window", "No window opens with the display driver {driver}; Kivy's reason is in the lines above."
)
DRAWN = Template("screen.drawn", "The screen is drawn by {driver}, {width} by {height}.")
INVISIBLE = Template("screen.invisible", "The screen draws only into memory ({driver}); nothing can be seen.")
CHECK_PANEL = Template(
    "screen.check_panel",
    "Check that the panel's cable is firm at both ends, and that the screen's user may use the display.",
)
