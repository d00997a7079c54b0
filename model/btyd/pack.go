package btyd

import (
	"math/bits"
	"slices"
)

// packing lays X, T and Tx of a history side by side in one number, so that numbers
// sort as histories do. 63 bits do for maxDays.
type packing struct{ t, tx int } // bits of T and of Tx

func (p packing) pack(c *Cell) uint64 {
	return uint64(c.X)<<(p.t+p.tx) | uint64(c.T)<<p.tx | uint64(c.Tx)
}

func (p packing) unpack(key uint64) (x, t, tx int32) {
	return int32(key >> (p.t + p.tx)), int32(key >> p.tx & (1<<p.t - 1)), int32(key & (1<<p.tx - 1))
}

// packingOf returns the packing that the cells fit into, and the bits that it uses.
func packingOf(cells []Cell) (p packing, width int) {
	x, t, tx := 0, 0, 0
	for i := range cells {
		c := &cells[i]
		x, t, tx = max(x, c.X), max(t, c.T), max(tx, c.Tx)
	}
	p = packing{t: bits.Len(uint(t)), tx: bits.Len(uint(tx))}
	return p, bits.Len(uint(x)) + p.t + p.tx
}

// partCells is the number of cells of a part: so many histories are looked up in the
// inner caches. It is a constant, as chunkCells is.
const partCells = 1 << 18

// part is a run of cells, counted by history.
type part struct {
	keys                 []uint64 // different packed histories, in the order in which they come
	n                    []float64
	customers, repeaters float64
}

// count counts the cells of a part, and notes for every cell the place of its history
// in the part.
func (p packing) count(cells []Cell, places []int32, known *register) part {
	known.clear()
	var out part
	for i := range cells {
		c := &cells[i]
		at := known.number(p.pack(c))
		places[i] = at
		known.n[at] += c.N
		out.customers += c.N
		if c.X > 0 {
			out.repeaters += c.N
		}
	}
	out.keys, out.n = slices.Clone(known.keys), slices.Clone(known.n)
	return out
}

// register numbers different keys in the order in which they come: a hash table with
// linear probing, no more than half full. The zero value is empty.
type register struct {
	keys  []uint64  // by number
	n     []float64 // weight, by number
	table []int32   // number plus one; 0 is free
	shift int
}

// clear empties the register and keeps its memory.
func (r *register) clear() {
	r.keys, r.n = r.keys[:0], r.n[:0]
	clear(r.table)
}

func (r *register) resize(bits int) {
	r.table, r.shift = make([]int32, 1<<bits), 64-bits
	for n, key := range r.keys {
		r.table[r.find(key)] = int32(n + 1)
	}
}

// find returns the place of a key, or the free one where it belongs.
func (r *register) find(key uint64) int {
	const golden = 0x9E3779B97F4A7C15 // 2^64/φ, odd: Knuth, The Art of Computer Programming 3, 6.4
	for at := int(key * golden >> r.shift); ; at = (at + 1) & (len(r.table) - 1) {
		if n := r.table[at]; n == 0 || r.keys[n-1] == key {
			return at
		}
	}
}

func (r *register) number(key uint64) int32 {
	if r.table == nil {
		r.resize(10)
	}
	at := r.find(key)
	if n := r.table[at]; n > 0 {
		return n - 1
	}
	r.keys, r.n = append(r.keys, key), append(r.n, 0)
	n := int32(len(r.keys))
	r.table[at] = n
	if 2*len(r.keys) > len(r.table) {
		r.resize(64 - r.shift + 1)
	}
	return n - 1
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
