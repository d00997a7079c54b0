package btyd

import "math/bits"

// packing lays X, T and Tx of a history side by side in one number, so that numbers
// sort as histories do. 63 bits do for maxDays.
type packing struct{ t, tx int } // bits of T and of Tx

func (p packing) pack(c *Cell) uint64 {
	return uint64(c.X)<<(p.t+p.tx) | uint64(c.T)<<p.tx | uint64(c.Tx)
}

func (p packing) unpack(key uint64) (x, t, tx int32) {
	return int32(key >> (p.t + p.tx)), int32(key >> p.tx & (1<<p.t - 1)), int32(key & (1<<p.tx - 1))
}

// pack returns the packed history of every cell and the number of bits in use.
func pack(cells []Cell) (p packing, keys []uint64, width int) {
	x, t, tx := 0, 0, 0
	for i := range cells {
		c := &cells[i]
		x, t, tx = max(x, c.X), max(t, c.T), max(tx, c.Tx)
	}
	p = packing{t: bits.Len(uint(t)), tx: bits.Len(uint(tx))}
	keys = make([]uint64, len(cells))
	for i := range cells {
		keys[i] = p.pack(&cells[i])
	}
	return p, keys, bits.Len(uint(x)) + p.t + p.tx
}

// mostDigitBits keeps the counts of a digit in the innermost cache.
const mostDigitBits = 11

// sorted sorts keys of the given width, and returns beside them their places
// before: a stable radix sort, from the lowest digit up.
func sorted(keys []uint64, width int) ([]uint64, []int32) {
	places := make([]int32, len(keys))
	for i := range places {
		places[i] = int32(i)
	}
	digits := (width + mostDigitBits - 1) / mostDigitBits
	if digits == 0 {
		return keys, places
	}
	digit := (width + digits - 1) / digits
	spareKeys, sparePlaces := make([]uint64, len(keys)), make([]int32, len(keys))
	start := make([]int32, 1<<digit)
	for d := range digits {
		shift, mask := d*digit, uint64(1)<<digit-1
		clear(start)
		for _, k := range keys {
			start[k>>shift&mask]++
		}
		sum := int32(0)
		for i, n := range start {
			start[i], sum = sum, sum+n
		}
		for i, k := range keys {
			to := &start[k>>shift&mask]
			spareKeys[*to], sparePlaces[*to] = k, places[i]
			*to++
		}
		keys, spareKeys, places, sparePlaces = spareKeys, keys, sparePlaces, places
	}
	return keys, places
}
