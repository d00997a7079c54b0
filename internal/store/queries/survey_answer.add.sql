INSERT INTO survey_answer (invitation, question, kind, value) VALUES (?, ?, ?, ?)
