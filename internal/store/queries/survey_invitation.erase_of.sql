DELETE FROM survey_invitation WHERE customer = ? AND customer <> ''
