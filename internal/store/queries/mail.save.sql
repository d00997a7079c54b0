UPDATE mail SET state = ?, parcel = ?, stop_hash = ?, attempts = ?, due_at = ?, ended_at = ?, reason = ?, body = ? WHERE number = ?
