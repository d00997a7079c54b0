UPDATE session SET seen_at = ? WHERE hash = ?
