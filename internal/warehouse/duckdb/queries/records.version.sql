SELECT count(*) || ' ' || coalesce(bit_xor(hash(id, sequence)), 0) FROM batch
