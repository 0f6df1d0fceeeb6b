"""The appliance and its plants in Home Assistant, over MQTT discovery.

Pure functions turn rows into announcements (`discovery`), states (`states`) and events (`events`), and messages into
reducer calls (`commands`); one loop (`service`) listens to the store and to the broker and publishes what changed.
"""
