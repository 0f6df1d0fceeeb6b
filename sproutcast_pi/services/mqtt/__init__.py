"""One connection to one MQTT broker, that reconnects by itself and reports why it can't."""
