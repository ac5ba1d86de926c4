"""Pages of plans, enrolment and programmes."""
