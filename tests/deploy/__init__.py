"""What runs the server elsewhere: container, systemd, monitoring."""
