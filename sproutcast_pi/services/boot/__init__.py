"""What happens around a start: the boot partition's file, failed starts and safe mode, a diary on the card."""
