"""Plant masks: the network, instances, corrections."""
