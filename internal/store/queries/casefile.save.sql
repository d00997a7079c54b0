UPDATE casefile SET version = ?, touchpoint_name = ?, state = ?, owner = ?, owner_name = ?, why = ?, step = ?, raised_to = ?, raised_name = ?, due_at = ?,
    taken_at = ?, settled_at = ?, closed_at = ?, settlement = ?, answer = ?, answer_text = ?, answer_hash = ?, asked_by_mail = ?, reopened = ?
WHERE number = ?
