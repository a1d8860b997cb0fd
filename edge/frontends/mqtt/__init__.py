"""MQTT for a smart home: state topics, availability, commands and Home Assistant discovery.

Only this package imports paho, so that a daemon without a broker does not load it.
"""
