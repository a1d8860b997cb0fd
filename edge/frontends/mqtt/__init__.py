"""The mood for a smart home, over MQTT: readings, availability, commands and, for Home
Assistant, what there is. Nothing else imports paho: a daemon without a broker pays nothing.
"""
