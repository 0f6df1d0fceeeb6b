"""Updates: a signed bundle goes to the slot that does not run, is tried once, and stays when it has proved itself."""
