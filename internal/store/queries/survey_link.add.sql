INSERT INTO survey_link (hash, invitation) VALUES (?, ?)
