SELECT count(*) FROM survey_refusal WHERE customer = ?
