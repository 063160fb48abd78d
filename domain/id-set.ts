/** Entries do not reach over the end of one. */
const PAGE_BYTES = 1024 * 1024
/** Group as four bytes, length of the id as one. */
const HEADER_BYTES = 5
const MAX_LENGTH = 255
const MAX_ASCII = 127
const LEAST_SLOTS = 1024

/** No id of this set: what it cannot hold it never has. */
const UNFIT = -1

/**
 * Ids by group, exact, as bytes outside of the heap that garbage collections walk: some 50 bytes an id of 36 characters,
 * a third of what a Set of strings takes. Ids that are not ASCII or longer than 255 characters are never held.
 * Open addressing with linear probing; the hash is FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/).
 */
export class IdSet {
  readonly #seed: number
  /** Where the entry stands in the pages, and one more; 0: free. */
  #slots = new Int32Array(LEAST_SLOTS)
  #hashes = new Int32Array(LEAST_SLOTS)
  #pages: Uint8Array[] = []
  /** The next free byte of all pages. */
  #end = 0
  #size = 0

  /** @param seed of 32 bits, by chance where others choose ids: none can be made then that all meet */
  constructor(seed: number) {
    this.#seed = seed
  }

  get size(): number {
    return this.#size
  }

  has(group: number, id: string): boolean {
    const hash = this.#hash(group, id)
    return hash !== UNFIT && this.#slots[this.#find(hash, group, id)] !== 0
  }

  add(group: number, id: string): void {
    const hash = this.#hash(group, id)
    if (hash === UNFIT) return
    const slot = this.#find(hash, group, id)
    if (this.#slots[slot] !== 0) return
    this.#slots[slot] = this.#write(group, id) + 1
    this.#hashes[slot] = hash
    this.#size++
    if (2 * this.#size > this.#slots.length) this.#grow()
  }

  /** Keeps its memory for what comes next. */
  clear(): void {
    this.#slots.fill(0)
    this.#end = 0
    this.#size = 0
  }

  /** Of 31 bits. */
  #hash(group: number, id: string): number {
    if (id.length > MAX_LENGTH) return UNFIT
    let hash = this.#seed ^ group
    for (let i = 0; i < id.length; i++) {
      const code = id.charCodeAt(i)
      if (code > MAX_ASCII) return UNFIT
      hash = Math.imul(hash ^ code, 0x01000193)
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    return (hash ^ (hash >>> 13)) & 0x7fffffff
  }

  /** The slot that has it, or the free one where it belongs. */
  #find(hash: number, group: number, id: string): number {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (;;) {
      const place = this.#slots[slot] ?? 0
      if (place === 0 || (this.#hashes[slot] === hash && this.#isAt(place - 1, group, id))) return slot
      slot = (slot + 1) & mask
    }
  }

  #isAt(place: number, group: number, id: string): boolean {
    const page = this.#pages[Math.floor(place / PAGE_BYTES)]
    const at = place % PAGE_BYTES
    if (page === undefined || page[at + 4] !== id.length) return false
    for (let i = 0; i < 4; i++) if (page[at + i] !== ((group >>> (8 * i)) & 0xff)) return false
    for (let i = 0; i < id.length; i++) if (page[at + HEADER_BYTES + i] !== id.charCodeAt(i)) return false
    return true
  }

  #write(group: number, id: string): number {
    const bytes = HEADER_BYTES + id.length
    if ((this.#end % PAGE_BYTES) + bytes > PAGE_BYTES) this.#end += PAGE_BYTES - (this.#end % PAGE_BYTES)
    const place = this.#end
    const page = (this.#pages[Math.floor(place / PAGE_BYTES)] ??= new Uint8Array(PAGE_BYTES))
    const at = place % PAGE_BYTES
    for (let i = 0; i < 4; i++) page[at + i] = (group >>> (8 * i)) & 0xff
    page[at + 4] = id.length
    for (let i = 0; i < id.length; i++) page[at + HEADER_BYTES + i] = id.charCodeAt(i)
    this.#end += bytes
    return place
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes]
    this.#slots = new Int32Array(2 * slots.length)
    this.#hashes = new Int32Array(2 * slots.length)
    const mask = this.#slots.length - 1
    for (const [old, place] of slots.entries()) {
      if (place === 0) continue
      const hash = hashes[old] ?? 0
      let slot = hash & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = place
      this.#hashes[slot] = hash
    }
  }
}
