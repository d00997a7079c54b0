UPDATE survey SET closed = coalesce(closed, ?) WHERE id = ?
