"""Parties: customers, vendors, employees and users, which follow from the configuration."""
