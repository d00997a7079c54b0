DELETE FROM survey_answer WHERE invitation IN (SELECT id FROM survey_invitation WHERE customer = ? AND customer <> '')
