"""What `sproutcast doctor` finds, and what to do."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

FIX_LINES = Template("doctor.fix_lines", "Correct the lines that are named; the defaults are checked below.")
DAEMON_RUNS = Template("doctor.daemon_runs", "The daemon answers at {path}.")
NO_DAEMON = Template("doctor.no_daemon", "No daemon is running here.")
START_DAEMON = Template("doctor.start_daemon", "Start it with `sproutcast run` or `systemctl start sproutcast`.")
NO_ID = Template("doctor.no_id", "The device gets its id at its first start.")
ID = Template("doctor.id", "This is {device}.")
NO_PIN = Template("doctor.no_pin", "The lamp is {output}: nothing to check.")
PIN_HELD = Template("doctor.pin_held", "The running daemon uses the lamp's pin; see its light page.")
CHECK_PIN = Template(
    "doctor.check_pin",
    "Check the number (BCM, not the header's), that nothing else uses the pin, and the user's group gpio.",
)
PIN_FAILS = Template("doctor.pin_fails", "The pin can't be controlled: {reason}")
PIN_WORKS = Template("doctor.pin_works", "The pin {output} can be controlled (it was set dark).")
HARDWARE_PWM = Template("doctor.hardware_pwm", "It is dimmed by hardware PWM, {channel}, at {hz} Hz.")
SOFTWARE_PWM = Template("doctor.software_pwm", "It is dimmed by software PWM at {hz} Hz, in steps of one percent.")
STRIPES = Template(
    "doctor.stripes",
    "Photos are taken at {level:percent0}: exposures below {ms:number0} ms can show the lamp's PWM as stripes.",
)
AVOID_STRIPES = Template(
    "doctor.avoid_stripes",
    "Set capture_level = 1.0, or with hardware PWM a higher pwm_hz that the lamp's driver accepts.",
)
USE_HARDWARE_PWM = Template(
    "doctor.use_hardware_pwm", "For hardware PWM connect the lamp to GPIO 12, 13, 18 or 19; see docs/hardware.md."
)
CAMERA_HELD = Template("doctor.camera_held", "The running daemon uses the camera; see its health.")
CHECK_CAMERA = Template(
    "doctor.check_camera", "Check the cable at both ends, and that no other program uses the camera."
)
POOR_PHOTO = Template("doctor.poor_photo", "A photo of {width} x {height}: {reasons}.")
PHOTO_TAKEN = Template("doctor.photo_taken", "A photo of {width} x {height} was taken.")
NOT_WRITABLE = Template("doctor.not_writable", "{folder} can't be written.")
CHECK_USER = Template("doctor.check_user", "Run as the user the folder belongs to, or name another folder with --data.")
DISK_FULL = Template("doctor.disk_full", "Only {free:size} are free at {folder}.")
MAKE_ROOM = Template("doctor.make_room", "Make room, or the oldest photos will be removed.")
DISK_FREE = Template("doctor.disk_free", "{free:size} are free at {folder}.")
CLOCK_KNOWN = Template("doctor.clock_known", "The time is known: {at:date_time}.")
CLOCK_UNKNOWN = Template("doctor.clock_unknown", "The time is not known.")
SET_CLOCK = Template(
    "doctor.set_clock",
    "Connect to a network once, or add a clock battery; until then the lamp continues from where it was.",
)
NOT_SERVED = Template("doctor.not_served", "Phones can't connect: listening is switched off.")
SERVED = Template("doctor.served", "The daemon serves port {port}.")
PORT_TAKEN = Template("doctor.port_taken", "Port {port} can't be used: {reason}.")
FREE_PORT = Template("doctor.free_port", "Stop the other program, or choose another [network] port.")
PORT_FREE = Template("doctor.port_free", "Port {port} is free.")
DISPLAY = Template("doctor.display", "A display is connected.")
NO_DISPLAY = Template("doctor.no_display", "No display is connected; the phone page shows the same.")
WORKS = Template("doctor.works", "works")
UNSURE = Template("doctor.unsure", "unsure")
BROKEN = Template("doctor.broken", "BROKEN")
OFF = Template("doctor.off", "off")
