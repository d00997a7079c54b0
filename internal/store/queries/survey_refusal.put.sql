INSERT INTO survey_refusal (customer, at) VALUES (?, ?) ON CONFLICT DO NOTHING
