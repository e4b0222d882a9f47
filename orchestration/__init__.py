"""The engagement warehouse: from landed files to published funnel-stage tables."""
