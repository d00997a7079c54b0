DELETE FROM recovery_code WHERE person = ?
