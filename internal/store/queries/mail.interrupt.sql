UPDATE mail SET state = 'unsure', reason = ? WHERE state = 'sending'
