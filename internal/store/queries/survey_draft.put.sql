INSERT INTO survey_draft (hash, survey, language, answers, day) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (hash) DO UPDATE SET language = excluded.language, answers = excluded.answers
