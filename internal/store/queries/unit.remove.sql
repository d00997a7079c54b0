DELETE FROM unit WHERE id = ?
