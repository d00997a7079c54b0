SELECT i.id, i.survey, i.wave, i.customer, i.segment, i.occasion, i.about, i.chance, i.address, i.asked, i.reminders, i.state, i.language, i.answers, i.answered
FROM survey_invitation AS i WHERE i.survey = ? AND i.wave = 0 AND i.customer = ? AND i.occasion = ? AND i.customer <> ''
