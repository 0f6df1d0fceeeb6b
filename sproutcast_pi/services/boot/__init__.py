"""What happens around a start: the boot partition's file, failed starts and safe mode, an event log on the card."""
