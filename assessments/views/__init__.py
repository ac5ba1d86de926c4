"""Pages of assessments: lists, the form, judgement beside guidance, and the supervisor's decision."""
