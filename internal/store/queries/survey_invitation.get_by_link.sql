SELECT i.id, i.survey, i.wave, i.customer, i.segment, i.occasion, i.about, i.chance, i.address, i.asked, i.reminders, i.state, i.language, i.answers, i.answered
FROM survey_link AS l JOIN survey_invitation AS i ON i.id = l.invitation WHERE l.hash = ?
