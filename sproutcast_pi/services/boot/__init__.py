"""What happens around a start: the file a grower leaves on the boot partition."""
