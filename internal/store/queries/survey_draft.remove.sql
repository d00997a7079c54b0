DELETE FROM survey_draft WHERE hash = ?
