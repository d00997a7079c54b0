SELECT question, kind, value FROM survey_answer WHERE invitation = ? ORDER BY question
