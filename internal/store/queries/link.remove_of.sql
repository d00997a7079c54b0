DELETE FROM link WHERE purpose = ? AND person = ?
