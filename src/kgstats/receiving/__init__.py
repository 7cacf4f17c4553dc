"""Deliveries as they arrive: taken apart, registered, answered."""
