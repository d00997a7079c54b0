DELETE FROM survey_refusal WHERE customer = ?
