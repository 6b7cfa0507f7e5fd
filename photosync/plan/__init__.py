"""Differences -> Plan. Pure."""
