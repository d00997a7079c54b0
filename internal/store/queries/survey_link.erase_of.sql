DELETE FROM survey_link WHERE invitation IN (SELECT id FROM survey_invitation WHERE customer = ? AND customer <> '')
