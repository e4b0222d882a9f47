"""What happens when the machine, a person or the calendar does not play along."""
