DELETE FROM person_unit WHERE person = ?
