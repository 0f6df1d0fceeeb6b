"""One connection to one MQTT broker, that comes back by itself and says in words why it can't."""
